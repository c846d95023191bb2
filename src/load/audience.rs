//! Segments, tests and nodes.

use super::{Loader, MAX_DEPTH, MAX_LISTS, Reach};
use crate::id::{AttributeId, NodeId, Slot, TestId};
use crate::operator::Operator;
use crate::ruleset::{Node, Segment, Test};

impl Loader<'_> {
    pub(super) fn segments(&mut self) {
        let count = self.columns.segment_names().len();
        self.ruleset.segments.reserve_exact(count);
        for _ in 0..count {
            let row = self.columns.segment();
            let segment = Segment {
                name: self.text(row.segment_names, "segments"),
                entry: NodeId(row.segment_entries),
            };
            self.ruleset.segments.push(segment);
        }
    }

    pub(super) fn tests(&mut self) {
        let words = self.ruleset.operands.words.len();
        let mut given = 0;
        let count = self.columns.test_attributes().len();
        self.ruleset.tests.reserve_exact(count);
        for _ in 0..count {
            let row = self.columns.test();
            let attribute = row.test_attributes.checked_sub(1).map(AttributeId);
            let list = self.faults.run(&mut given, row.test_lengths, words, "tests");
            let operator = Operator::new(row.test_codes, list, &self.ruleset.operands);
            self.faults.expect(operator.is_some(), "operands");
            let operator = self.complete(operator.unwrap_or(Operator::Unknown), attribute);
            let path = attribute.map(|id| self.ruleset.attributes.get(id.index()));
            self.faults.expect(path != Some(None), "tests");
            self.ruleset.tests.push(Test {
                attribute,
                slot: path.flatten().map_or(Slot(0), |path| path.slot),
                operator,
            });
        }
        self.faults.expect(given as usize == words, "tests");
    }

    /// Adds to an operator what the other tables say of it.
    fn complete(&mut self, mut operator: Operator, attribute: Option<AttributeId>) -> Operator {
        match &mut operator {
            Operator::Segment { segment, entry } => {
                let named = self.ruleset.segments.get(segment.index());
                self.faults.expect(named.is_some(), "tests");
                *entry = named.map_or(Node::DECLINE, |segment| segment.entry);
            }
            Operator::Some { slots, .. } => {
                let list = attribute.map_or(0, |id| id.index() + 1);
                *slots = self.children.get(list).copied().unwrap_or(0);
            }
            _ => {}
        }
        operator
    }

    /// Reads the nodes. Each leads to lower ones alone, so every way through them ends.
    pub(super) fn nodes(&mut self) {
        let count = self.columns.node_tests().len();
        self.ruleset.nodes.resize(Node::FIRST as usize, Node::default());
        self.ruleset.nodes.reserve_exact(count);
        self.reaches.reserve_exact(count);
        for _ in 0..count {
            let row = self.columns.node();
            let (test, yes, no) = (TestId(row.node_tests), NodeId(row.node_yes), NodeId(row.node_no));
            let reach = self
                .reach_of_test(test)
                .join(self.reach(yes, "nodes"))
                .join(self.reach(no, "nodes"));
            self.faults
                .expect(reach.depth <= MAX_DEPTH && reach.lists <= MAX_LISTS, "nodes");
            self.reaches.push(reach);
            self.ruleset.nodes.push(Node { test, yes, no });
        }
    }

    fn reach_of_test(&mut self, id: TestId) -> Reach {
        let test = self.ruleset.tests.get(id.index()).copied();
        self.faults.expect(test.is_some(), "nodes");
        match test.map(|test| (test.operator, test.attribute)) {
            Some((Operator::Segment { entry, .. }, _)) => {
                let inner = self.reach(entry, "nodes");
                Reach {
                    depth: inner.depth.saturating_add(1),
                    ..inner
                }
            }
            Some((Operator::Some { entry, .. }, _)) => {
                let inner = self.reach(entry, "nodes");
                Reach {
                    lists: inner.lists.saturating_add(1),
                    ..inner
                }
            }
            Some((operator, attribute)) => Reach {
                is_unknown: operator == Operator::Unknown,
                is_timed: operator.is_timed(attribute.is_none()),
                ..Reach::default()
            },
            None => Reach::default(),
        }
    }

    pub(super) fn check_entries(&mut self) {
        for segment in &self.ruleset.segments {
            let is_there = segment.entry.index() < self.reaches.len();
            self.faults.expect(is_there, "segments");
        }
    }
}

//! Segments, tests and nodes.

use super::{Loader, MAX_DEPTH, MAX_LISTS, Reach};
use crate::id::{AttributeId, NodeId, Slot, TestId};
use crate::operator::Operator;
use crate::ruleset::{Node, Segment, Test};
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Loader<'_> {
    pub(super) fn segments(&mut self) -> Box<[Segment]> {
        let count = self.columns.segment_names().len();
        let mut segments = Vec::with_capacity(count);
        for _ in 0..count {
            let name = self.columns.segment_names().row();
            segments.push(Segment {
                name: self.text(name, "segments"),
                entry: NodeId(self.columns.segment_entries().row()),
            });
        }
        segments.into()
    }

    pub(super) fn tests(&mut self, segments: &[Segment]) {
        let words = self.operands.words.len();
        let mut given = 0;
        let count = self.columns.test_attributes().len();
        self.tests.reserve_exact(count);
        for _ in 0..count {
            let attribute = self
                .columns
                .test_attributes()
                .row()
                .checked_sub(1)
                .map(AttributeId);
            let code = self.columns.test_codes().row();
            let length = self.columns.test_lengths().row();
            let list = self.faults.run(&mut given, length, words, "tests");
            let mut operator = Operator::new(code, list, &self.operands);
            self.faults.expect(operator.is_some(), "operands");
            match &mut operator {
                Some(Operator::Segment { segment, entry }) => {
                    let named = segments.get(segment.index());
                    self.faults.expect(named.is_some(), "tests");
                    *entry = named.map_or(Node::DECLINE, |segment| segment.entry);
                }
                Some(Operator::Some { slots, .. }) => {
                    let list = attribute.map_or(0, |id| id.index() + 1);
                    *slots = self.children.get(list).copied().unwrap_or(0);
                }
                _ => {}
            }
            let path = attribute.map(|id| self.attributes.get(id.index()));
            self.faults.expect(path != Some(None), "tests");
            self.tests.push(Test {
                attribute,
                slot: path.flatten().map_or(Slot(0), |path| path.slot),
                operator: operator.unwrap_or(Operator::Unknown),
            });
        }
        self.faults.expect(given as usize == words, "tests");
    }

    /// Reads the nodes. Each leads to lower ones alone, so every way through them ends.
    pub(super) fn nodes(&mut self) {
        let count = self.columns.node_tests().len();
        self.nodes.reserve_exact(count);
        self.reaches.reserve_exact(count);
        for _ in 0..count {
            let test = TestId(self.columns.node_tests().row());
            let yes = NodeId(self.columns.node_yes().row());
            let no = NodeId(self.columns.node_no().row());
            let reach = self
                .reach_of_test(test)
                .join(self.reach(yes, "nodes"))
                .join(self.reach(no, "nodes"));
            self.faults
                .expect(reach.depth <= MAX_DEPTH && reach.lists <= MAX_LISTS, "nodes");
            self.reaches.push(reach);
            self.nodes.push(Node { test, yes, no });
        }
    }

    fn reach_of_test(&mut self, id: TestId) -> Reach {
        let test = self.tests.get(id.index()).copied();
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

    pub(super) fn check_entries(&mut self, segments: &[Segment]) {
        for segment in segments {
            self.reach(segment.entry, "segments");
        }
    }
}

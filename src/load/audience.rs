//! Segments, tests and nodes.

use super::rows::{Rows, checked};
use super::{Loader, MAX_DEPTH, Reach};
use crate::error::Error;
use crate::id::{AttributeId, NodeId, TestId, TextId};
use crate::operator::Operator;
use crate::ruleset::{Node, Segment, Test};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

impl Loader<'_> {
    pub(super) fn segments(&self) -> Result<Box<[Segment]>, Error> {
        let rows = Rows::new("segments", self.snapshot.segment_names.len());
        let entries = rows.column(&self.snapshot.segment_entries)?;
        let names = self.texts(&self.snapshot.segment_names, "segments")?;
        let segment = |(name, entry): (&TextId, &u32)| Segment {
            name: *name,
            entry: NodeId(*entry),
        };
        Ok(names.iter().zip(entries).map(segment).collect())
    }

    pub(super) fn tests(&self, segments: &[Segment]) -> Result<Box<[Test]>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("tests", snapshot.test_codes.len());
        let attributes = rows.column(&snapshot.test_attributes)?;
        let lists = rows.spans(&snapshot.test_lengths, self.operands.words.len())?;
        let mut tests = Vec::with_capacity(rows.count);
        for ((code, attribute), list) in snapshot.test_codes.iter().zip(attributes).zip(lists) {
            let mut operator = Operator::new(*code, list, &self.operands)?;
            let mut attribute = AttributeId(*attribute);
            if let Operator::Segment { segment, .. } = operator {
                let named = segments.get(segment.index()).ok_or(Error::malformed("tests"))?;
                operator = Operator::Segment {
                    segment,
                    entry: named.entry,
                };
                attribute = AttributeId(0);
            } else {
                checked(attribute.0, snapshot.attribute_paths.len(), "tests")?;
            }
            tests.push(Test { attribute, operator });
        }
        Ok(tests.into())
    }

    /// Reads the nodes. Each leads to lower ones alone, so every way through them ends.
    pub(super) fn nodes(&mut self, tests: &[Test]) -> Result<Box<[Node]>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("nodes", snapshot.node_tests.len());
        let ways = rows
            .column(&snapshot.node_yes)?
            .iter()
            .zip(rows.column(&snapshot.node_no)?);
        let mut nodes = vec![Node::default(); Node::FIRST as usize];
        for (test, (yes, no)) in snapshot.node_tests.iter().zip(ways) {
            let asked = tests.get(*test as usize).ok_or(Error::malformed("nodes"))?;
            let mut reach = match asked.operator {
                Operator::Segment { entry, .. } => {
                    let inner = self.reach(entry, "nodes")?;
                    Reach {
                        depth: inner.depth + 1,
                        ..inner
                    }
                }
                operator => Reach {
                    depth: 0,
                    unknown: operator == Operator::Unknown,
                },
            };
            for way in [yes, no] {
                let next = self.reach(NodeId(*way), "nodes")?;
                reach.depth = reach.depth.max(next.depth);
                reach.unknown |= next.unknown;
            }
            if reach.depth > MAX_DEPTH {
                return Err(Error::malformed("nodes"));
            }
            self.reaches.push(reach);
            nodes.push(Node {
                test: TestId(*test),
                yes: NodeId(*yes),
                no: NodeId(*no),
            });
        }
        Ok(nodes.into())
    }

    /// Returns what a node reaches; one that has not been read yet is higher, and so an error.
    pub(super) fn reach(&self, node: NodeId, section: &'static str) -> Result<Reach, Error> {
        let reach = self.reaches.get(node.index());
        reach.copied().ok_or(Error::malformed(section))
    }

    pub(super) fn check_entries(&self, segments: &[Segment]) -> Result<(), Error> {
        for segment in segments {
            self.reach(segment.entry, "segments")?;
        }
        Ok(())
    }
}

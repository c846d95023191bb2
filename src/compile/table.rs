//! The tables of a snapshot while they grow: what is equal is stored once.

use std::collections::BTreeMap;

use super::row;
use crate::automaton::compile::compile;
use crate::id::{NodeId, TestId};
use crate::operator::Code;
use crate::ruleset::Node;
use crate::snapshot::Snapshot;

/// The tables, and where in them each thing is.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) snapshot: Snapshot,
    texts: BTreeMap<String, u32>,
    numbers: BTreeMap<u64, u32>,
    attributes: BTreeMap<(Option<u32>, String), u32>,
    automata: BTreeMap<(String, bool), u32>,
    tests: BTreeMap<(u32, u32, Vec<u32>), TestId>,
    nodes: BTreeMap<(TestId, NodeId, NodeId), NodeId>,
}

impl Tables {
    pub(super) fn text(&mut self, text: &str) -> u32 {
        if let Some(id) = self.texts.get(text) {
            return *id;
        }
        let id = row(self.snapshot.text_lengths.len());
        self.snapshot.text.push_str(text);
        self.snapshot.text_lengths.push(row(text.len()));
        self.texts.insert(text.to_owned(), id);
        id
    }

    pub(super) fn number(&mut self, number: f64) -> u32 {
        let numbers = &mut self.snapshot.numbers;
        *self.numbers.entry(number.to_bits()).or_insert_with(|| {
            numbers.push(number);
            row(numbers.len() - 1)
        })
    }

    /// Returns an attribute of the context, or of the elements of a list.
    pub(super) fn attribute(&mut self, list: Option<u32>, path: &str) -> u32 {
        let key = (list, path.to_owned());
        if let Some(id) = self.attributes.get(&key) {
            return *id;
        }
        let id = row(self.attributes.len());
        let text = self.text(path);
        self.snapshot.attribute_paths.push(text);
        self.snapshot
            .attribute_parents
            .push(list.map_or(0, |list| list + 1));
        self.attributes.insert(key, id);
        id
    }

    /// Returns an automaton. What does not compile was refused; here it fits nothing.
    pub(super) fn automaton(&mut self, pattern: &str, ignores_case: bool) -> u32 {
        let key = (pattern.to_owned(), ignores_case);
        if let Some(id) = self.automata.get(&key) {
            return *id;
        }
        let id = row(self.automata.len());
        let automaton = compile(pattern, ignores_case).unwrap_or_default();
        let snapshot = &mut self.snapshot;
        snapshot.automaton_states.push(row(automaton.states()));
        snapshot.automaton_starts.push(automaton.start);
        snapshot.automaton_classes.push(automaton.classes);
        snapshot.byte_classes.extend(automaton.byte_classes);
        snapshot.transitions.extend(automaton.transitions);
        self.automata.insert(key, id);
        id
    }

    /// Returns a test of an attribute, or of none.
    pub(super) fn test(&mut self, attribute: Option<u32>, code: Code, words: Vec<u32>) -> TestId {
        let key = (attribute.map_or(0, |id| id + 1), code as u32, words);
        if let Some(id) = self.tests.get(&key) {
            return *id;
        }
        let id = TestId(row(self.tests.len()));
        self.snapshot.test_attributes.push(key.0);
        self.snapshot.test_codes.push(key.1);
        self.snapshot.test_lengths.push(row(key.2.len()));
        self.snapshot.words.extend_from_slice(&key.2);
        self.tests.insert(key, id);
        id
    }

    pub(super) fn node(&mut self, test: TestId, yes: NodeId, no: NodeId) -> NodeId {
        let snapshot = &mut self.snapshot;
        *self.nodes.entry((test, yes, no)).or_insert_with(|| {
            snapshot.node_tests.push(test.0);
            snapshot.node_yes.push(yes.0);
            snapshot.node_no.push(no.0);
            NodeId(row(snapshot.node_tests.len()) - 1 + Node::FIRST)
        })
    }
}

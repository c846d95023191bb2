//! Conditions and segments to nodes.

use super::flag::variant;
use super::{Compiler, row};
use crate::definition::{Condition, NOW, Segment};
use crate::id::NodeId;
use crate::operator::Code;
use crate::ruleset::Node;

impl Compiler<'_> {
    /// Compiles a condition from its end to its beginning: what comes next is always there already, and lower.
    pub(super) fn condition(&mut self, condition: &Condition, yes: NodeId, no: NodeId) -> NodeId {
        match condition {
            Condition::All(inner) => inner
                .iter()
                .rev()
                .fold(yes, |next, inner| self.condition(inner, next, no)),
            Condition::Any(inner) => inner
                .iter()
                .rev()
                .fold(no, |next, inner| self.condition(inner, yes, next)),
            Condition::Not(inner) => self.condition(inner, no, yes),
            Condition::Segment(name) => {
                let segment = self.segment(name);
                let test = self.tables.test(None, Code::Segment, vec![segment]);
                self.tables.node(test, yes, no)
            }
            Condition::Flag { key, variants } => self.flag_condition(key, variants, yes, no),
            Condition::Test { attribute, check } => {
                let attribute = match attribute.as_str() {
                    NOW => None,
                    path => Some(self.tables.attribute(self.list, path)),
                };
                let (code, words) = self.check(attribute, check);
                let test = self.tables.test(attribute, code, words);
                self.tables.node(test, yes, no)
            }
        }
    }

    /// Compiles the condition that another flag gives one of the variants.
    pub(super) fn flag_condition(
        &mut self,
        key: &str,
        variants: &[String],
        yes: NodeId,
        no: NodeId,
    ) -> NodeId {
        let Some((flag, asked)) = self.definition.flags.get(key).copied() else {
            return no;
        };
        let variants = variants.iter().map(|name| variant(asked, name));
        let words = [flag].into_iter().chain(variants).collect();
        let test = self.tables.test(None, Code::Flag, words);
        self.tables.node(test, yes, no)
    }

    /// Compiles a condition on the elements of a list.
    pub(super) fn element(&mut self, list: Option<u32>, condition: &Condition) -> NodeId {
        let outer = std::mem::replace(&mut self.list, list);
        let entry = self.condition(condition, Node::ADMIT, Node::DECLINE);
        self.list = outer;
        entry
    }

    /// Returns a segment's row; it is compiled when the first asks for it. Circles were refused.
    fn segment(&mut self, name: &str) -> u32 {
        if let Some(id) = self.segments.get(name) {
            return *id;
        }
        let waiting = self.definition.segments.get_key_value(name);
        let waiting = waiting.map(|(name, segment)| (*name, *segment));
        let entry = waiting.map_or(Node::DECLINE, |(_, segment)| self.audience(segment));
        let id = row(self.tables.snapshot.segment_names.len());
        let text = self.tables.text(name);
        self.tables.snapshot.segment_names.push(text);
        self.tables.snapshot.segment_entries.push(entry.0);
        if let Some((name, _)) = waiting {
            self.segments.insert(name, id);
        }
        id
    }

    /// The included first, then the excluded, then the condition.
    fn audience(&mut self, segment: &Segment) -> NodeId {
        let mut entry = match &segment.audience {
            Some(condition) => self.condition(condition, Node::ADMIT, Node::DECLINE),
            None => Node::DECLINE,
        };
        for (units, end) in [(&segment.exclude, Node::DECLINE), (&segment.include, Node::ADMIT)] {
            if !units.is_empty() {
                let attribute = self.tables.attribute(None, &segment.unit);
                let code = if self.definition.units_are_hashed {
                    Code::UnitHashed
                } else {
                    Code::UnitIn
                };
                let words = self.sorted_texts(units.clone());
                let test = self.tables.test(Some(attribute), code, words);
                entry = self.tables.node(test, end, entry);
            }
        }
        entry
    }

    /// Members are found by binary search, so they stand in the order of their bytes.
    pub(super) fn sorted_texts(&mut self, mut texts: Vec<String>) -> Vec<u32> {
        texts.sort_unstable();
        texts.dedup();
        texts.iter().map(|text| self.tables.text(text)).collect()
    }
}

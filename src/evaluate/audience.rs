//! Audiences: tests, one after another, to the end that admits or the one that declines.

use super::Evaluation;
use crate::context::{Attribute, SLOT_BYTES};
use crate::id::{NodeId, Span, TestId, VariantId};
use crate::operator::Operator;
use crate::operator::version::{self, Version};
use crate::ruleset::{Node, Test};
use crate::trace::{Event, Trace};

/// How many conditions on elements one test may put: more than a context has, unless its bytes are not from a wrapper.
const MOST_STEPS: u32 = 1 << 18;

/// An element of a list that is asked about.
#[derive(Clone, Copy)]
pub(super) struct Element {
    /// Where its row begins.
    row: u32,
    /// How many conditions may still be put.
    steps: u32,
}

impl<'a, T: Trace> Evaluation<'a, T> {
    /// Returns whether an audience admits the context: one copy, for those who do not ask for each rule.
    #[inline(never)]
    pub(super) fn is_admitted(&mut self, entry: NodeId) -> bool {
        self.admits(entry)
    }

    /// Follows an audience to its end. Each step leads to a lower node, so there is one.
    #[inline(always)]
    pub(super) fn admits(&mut self, entry: NodeId) -> bool {
        let mut at = entry;
        while at.0 >= Node::FIRST {
            let Some(node) = self.ruleset.nodes.get(at.index()) else {
                return false;
            };
            at = if self.holds(node.test) { node.yes } else { node.no };
        }
        at == Node::ADMIT
    }

    #[inline(always)]
    fn holds(&mut self, id: TestId) -> bool {
        let known = match &mut self.element {
            None => self.memo.answer(id),
            Some(Element { steps: 0, .. }) => Some(false),
            Some(element) => {
                element.steps -= 1;
                None
            }
        };
        let held = known.unwrap_or_else(|| self.put(id));
        let row = self.element.map_or(0, |element| element.row);
        self.trace.note(Event::Test(id, row, held));
        held
    }

    /// Puts a test. What is asked of an element is not remembered: the next is another.
    fn put(&mut self, id: TestId) -> bool {
        let Some(test) = self.ruleset.tests.get(id.index()) else {
            return false;
        };
        let held = match test.operator {
            // Segments stand in segments to a depth that was checked at load.
            Operator::Segment { entry, .. } => self.is_admitted(entry),
            Operator::Some { entry, slots } => self.is_some(self.attribute(test), entry, slots),
            Operator::Flag { flag, variants } => {
                let outcome = self.memo.outcome(flag);
                outcome
                    .is_some_and(|outcome| !outcome.is_error() && self.is_one_of(outcome.variant(), variants))
            }
            Operator::Semver(list) if self.element.is_none() => {
                let version = self.version(test);
                version.is_some_and(|version| version::is_in_range(&version, list, &self.ruleset.operands))
            }
            operator => {
                let mut attribute = self.attribute(test);
                if let (true, Attribute::Text(text)) = (operator.is_folded(), attribute) {
                    attribute = self.memo.fold(text);
                }
                operator.holds(attribute, &self.ruleset.operands, self.now)
            }
        };
        if self.element.is_none() {
            self.memo.note(id, held);
        }
        held
    }

    /// Returns the version that an attribute is. Most rules ask for the same, which is read once.
    fn version(&mut self, test: &Test) -> Option<Version<'a>> {
        if let Some((slot, version)) = self.version
            && slot == test.slot
        {
            return version;
        }
        let version = match self.attribute(test) {
            Attribute::Text(written) => Version::parse(written),
            _ => None,
        };
        self.version = Some((test.slot, version));
        version
    }

    fn attribute(&self, test: &Test) -> Attribute<'a> {
        match (test.attribute, self.element) {
            (None, _) => Attribute::Number(self.now),
            (Some(_), None) => self.context.get(test.slot),
            (Some(_), Some(element)) => self.context.get_in(element.row, test.slot),
        }
    }

    /// Returns whether an audience admits one of the elements, each of which has so many slots.
    fn is_some(&mut self, attribute: Attribute<'_>, entry: NodeId, slots: u32) -> bool {
        let Attribute::List { length, rows } = attribute else {
            return false;
        };
        let outer = self.element;
        let mut steps = outer.map_or(MOST_STEPS, |element| element.steps);
        let mut is_found = false;
        let mut row = rows;
        for _ in 0..length {
            self.element = Some(Element { row, steps });
            is_found = self.is_admitted(entry);
            steps = self.element.map_or(0, |element| element.steps);
            if is_found || steps == 0 {
                break;
            }
            row = row.saturating_add(slots * SLOT_BYTES);
        }
        self.element = outer.map(|element| Element { steps, ..element });
        is_found
    }

    fn is_one_of(&self, variant: VariantId, variants: Span) -> bool {
        variants.of(&self.ruleset.operands.words).contains(&variant.0)
    }
}

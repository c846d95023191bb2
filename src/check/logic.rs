//! What can be said of conditions without a context: that one implies another, or that both never hold at once.
//!
//! Both answers are sure when they are yes; no means that nothing is known.

mod test;

use core::cell::Cell;
use std::collections::BTreeMap;

use crate::definition::{Check, Condition, Segment};

/// How many pairs of conditions are looked at for one question, so that none takes for ever.
const MOST_STEPS: u32 = 20_000;

/// Answers questions about the conditions of one definition.
pub(super) struct Logic<'a> {
    segments: BTreeMap<&'a str, &'a Segment>,
    steps: Cell<u32>,
}

/// Two parts of an audience that cannot both hold.
pub(super) struct Clash<'c>(pub(super) &'c Condition, pub(super) &'c Condition);

impl<'a> Logic<'a> {
    pub(super) fn new(segments: impl Iterator<Item = (&'a str, &'a Segment)>) -> Self {
        Self {
            segments: segments.collect(),
            steps: Cell::new(0),
        }
    }

    /// Returns true when whoever has one audience has the other as well. No audience is everybody's.
    pub(super) fn is_within(&self, inner: Option<&Condition>, outer: Option<&Condition>) -> bool {
        match (inner, outer) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => self.ask(|logic| logic.implies(inner, outer)),
        }
    }

    /// Returns true when nobody has both audiences.
    pub(super) fn is_apart(&self, left: Option<&Condition>, right: Option<&Condition>) -> bool {
        match (left, right) {
            (Some(left), Some(right)) => self.ask(|logic| logic.excludes(left, right)),
            _ => false,
        }
    }

    /// Returns two parts of a condition for which it can never hold, where there are such.
    pub(super) fn clash<'c>(&self, condition: &'c Condition) -> Option<Clash<'c>> {
        self.steps.set(MOST_STEPS);
        self.clash_in(condition)
    }

    fn clash_in<'c>(&self, condition: &'c Condition) -> Option<Clash<'c>> {
        match condition {
            Condition::All(_) => self.clash_of_all(condition),
            Condition::Any(parts) => {
                let mut clashes = parts.iter().map(|part| self.clash_in(part));
                let first = clashes.next()??;
                clashes.all(|clash| clash.is_some()).then_some(first)
            }
            Condition::Test {
                check: Check::Some(element),
                ..
            } => self.clash_in(element),
            _ => None,
        }
    }

    fn clash_of_all<'c>(&self, condition: &'c Condition) -> Option<Clash<'c>> {
        let mut parts = Vec::new();
        flatten(condition, &mut parts);
        for (at, left) in parts.iter().enumerate() {
            if let Some(clash) = self.clash_in(left) {
                return Some(clash);
            }
            let mut rest = parts.iter().skip(at + 1);
            if let Some(right) = rest.find(|right| self.excludes(left, right)) {
                return Some(Clash(left, right));
            }
        }
        None
    }

    fn ask(&self, question: impl FnOnce(&Self) -> bool) -> bool {
        self.steps.set(MOST_STEPS);
        question(self)
    }

    /// Counts a step, and returns false when there have been too many.
    fn goes_on(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    fn implies(&self, left: &Condition, right: &Condition) -> bool {
        if !self.goes_on() {
            return false;
        }
        if left == right {
            return true;
        }
        match (left, right) {
            (left, Condition::All(parts)) => parts.iter().all(|part| self.implies(left, part)),
            (Condition::Any(parts), right) => parts.iter().all(|part| self.implies(part, right)),
            (
                Condition::Test { attribute, check },
                Condition::Test {
                    attribute: other,
                    check: asked,
                },
            ) => attribute == other && self.check_implies(check, asked),
            (
                Condition::Flag { key, variants },
                Condition::Flag {
                    key: other,
                    variants: asked,
                },
            ) => key == other && variants.iter().all(|variant| asked.contains(variant)),
            (left, right) => self.implies_by_parts(left, right),
        }
    }

    fn implies_by_parts(&self, left: &Condition, right: &Condition) -> bool {
        let by_left = match left {
            Condition::All(parts) => parts.iter().any(|part| self.implies(part, right)),
            Condition::Segment(name) => self
                .asked_of_all(name)
                .is_some_and(|asked| self.implies(asked, right)),
            _ => false,
        };
        by_left
            || match right {
                Condition::Any(parts) => parts.iter().any(|part| self.implies(left, part)),
                Condition::Not(inner) => match left {
                    Condition::Not(held) => self.implies(inner, held),
                    left => self.excludes(left, inner),
                },
                Condition::Segment(name) => self
                    .enough_for(name)
                    .is_some_and(|asked| self.implies(left, asked)),
                _ => false,
            }
    }

    /// Returns what holds for everybody in a segment: its condition, where nobody is in it without.
    fn asked_of_all(&self, name: &str) -> Option<&'a Condition> {
        let segment = self.segments.get(name)?;
        segment.audience.as_ref().filter(|_| segment.include.is_empty())
    }

    /// Returns what is enough to be in a segment: its condition, where nobody is out of it in spite of that.
    fn enough_for(&self, name: &str) -> Option<&'a Condition> {
        let segment = self.segments.get(name)?;
        segment.audience.as_ref().filter(|_| segment.exclude.is_empty())
    }

    fn excludes(&self, left: &Condition, right: &Condition) -> bool {
        if !self.goes_on() {
            return false;
        }
        match (left, right) {
            (Condition::All(parts), other) | (other, Condition::All(parts)) => {
                parts.iter().any(|part| self.excludes(part, other))
            }
            (Condition::Any(parts), other) | (other, Condition::Any(parts)) => {
                parts.iter().all(|part| self.excludes(part, other))
            }
            (Condition::Not(inner), other) | (other, Condition::Not(inner)) => self.implies(other, inner),
            (Condition::Segment(name), other) | (other, Condition::Segment(name)) => self
                .asked_of_all(name)
                .is_some_and(|asked| self.excludes(asked, other)),
            (
                Condition::Flag { key, variants },
                Condition::Flag {
                    key: other,
                    variants: asked,
                },
            ) => key == other && !variants.iter().any(|variant| asked.contains(variant)),
            (
                Condition::Test { attribute, check },
                Condition::Test {
                    attribute: other,
                    check: asked,
                },
            ) => attribute == other && test::excludes(check, asked),
            _ => false,
        }
    }

    fn check_implies(&self, left: &Check, right: &Check) -> bool {
        match (left, right) {
            (_, Check::Exists) => true,
            // An element of which the one holds is an element of which the other does.
            (Check::Some(left), Check::Some(right)) => self.implies(left, right),
            (left, right) => test::implies(left, right),
        }
    }
}

/// Returns all parts of a conjunction, those of conjunctions in it too.
fn flatten<'c>(condition: &'c Condition, parts: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(inner) => {
            for part in inner {
                flatten(part, parts);
            }
        }
        part => parts.push(part),
    }
}

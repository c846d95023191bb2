//! Conditions and segments to nodes.

use super::{Compiler, Named, row};
use crate::definition::{Bound, Check, Condition, Range, Segment};
use crate::id::NodeId;
use crate::operator::Code;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
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
                let test = self.test(0, Code::Segment, vec![segment]);
                self.node(test, yes, no)
            }
            // The reader refuses these until the evaluator knows them.
            Condition::Flag { .. } => no,
            Condition::Test { attribute, check } => {
                let attribute = self.attribute(attribute);
                let (code, words) = self.check(check);
                let test = self.test(attribute, code, words);
                self.node(test, yes, no)
            }
        }
    }

    fn check(&mut self, check: &Check) -> (Code, Vec<u32>) {
        match check {
            Check::Exists => (Code::Exists, Vec::new()),
            Check::Is(boolean) => (Code::Is, vec![u32::from(*boolean)]),
            Check::TextIn { members, letters } => {
                let code = match letters {
                    Letters::Exact => Code::TextIn,
                    Letters::Folded => Code::TextInFolded,
                };
                let members = members.iter().map(|member| letters.of(member));
                (code, self.sorted_texts(members.collect()))
            }
            Check::NumberIn(members) => {
                let words = members.iter().map(|number| self.number(*number)).collect();
                (Code::NumberIn, words)
            }
            Check::Compare(comparison, number) => {
                let code = comparison_code(*comparison);
                (code, vec![self.number(*number)])
            }
            Check::Between(low, high) => (Code::Between, vec![self.number(*low), self.number(*high)]),
            Check::Part {
                part,
                any_of,
                letters,
            } => {
                let words = any_of.iter().map(|text| self.text(&letters.of(text)));
                (part_code(*part, *letters), words.collect())
            }
            Check::Semver(range) => (Code::Semver, self.range(range)),
            Check::Matches { .. }
            | Check::Instant(_)
            | Check::Weekday { .. }
            | Check::Hour { .. }
            | Check::Cidr(_)
            | Check::Size(..)
            | Check::Some(_)
            | Check::Modulo(..)
            | Check::Percent { .. } => (Code::Exists, vec![0]),
        }
    }

    /// Members are found by binary search, so they stand in the order of their bytes.
    fn sorted_texts(&mut self, mut texts: Vec<String>) -> Vec<u32> {
        texts.sort_unstable();
        texts.dedup();
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn range(&mut self, range: &Range) -> Vec<u32> {
        let mut words = vec![self.text(&range.source)];
        for bounds in &range.alternatives {
            words.push(row(bounds.len()));
            for bound in bounds {
                words.extend(self.bound(bound));
            }
        }
        words
    }

    fn bound(&mut self, bound: &Bound) -> [u32; 5] {
        // Each part of a version has at most fifteen digits, plus one.
        #[allow(clippy::cast_precision_loss)]
        let [major, minor, patch] = bound.numbers.map(|number| self.number(number as f64));
        let pre = if bound.pre.is_empty() {
            0
        } else {
            self.text(&bound.pre) + 1
        };
        [bound.relation as u32, major, minor, patch, pre]
    }

    /// Returns a segment's row; it is compiled when the first asks for it. Circles were refused.
    fn segment(&mut self, name: &str) -> u32 {
        let waiting = match self.segments.get(name) {
            Some(Named::Compiled(id)) => return *id,
            Some(Named::Waiting(segment)) => Some(*segment),
            None => None,
        };
        let entry = waiting.map_or(Node::DECLINE, |segment| self.audience(&segment.content));
        let id = row(self.snapshot.segment_names.len());
        let text = self.text(name);
        self.snapshot.segment_names.push(text);
        self.snapshot.segment_entries.push(entry.0);
        if let Some(named) = self.segments.get_mut(name) {
            *named = Named::Compiled(id);
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
                entry = self.units(&segment.unit, units, end, entry);
            }
        }
        entry
    }

    /// Units are strings, but an integer is the same unit as its digits.
    fn units(&mut self, unit: &str, units: &[String], yes: NodeId, no: NodeId) -> NodeId {
        let attribute = self.attribute(unit);
        let integers: Vec<u32> = units
            .iter()
            .filter_map(|unit| integer(unit))
            .map(|number| self.number(number))
            .collect();
        let mut next = no;
        if !integers.is_empty() {
            let test = self.test(attribute, Code::NumberIn, integers);
            next = self.node(test, yes, next);
        }
        let texts = self.sorted_texts(units.to_vec());
        let test = self.test(attribute, Code::TextIn, texts);
        self.node(test, yes, next)
    }
}

const fn comparison_code(comparison: Comparison) -> Code {
    match comparison {
        Comparison::LessThan => Code::LessThan,
        Comparison::AtMost => Code::AtMost,
        Comparison::GreaterThan => Code::GreaterThan,
        Comparison::AtLeast => Code::AtLeast,
    }
}

const fn part_code(part: Part, letters: Letters) -> Code {
    match (part, letters) {
        (Part::StartsWith, Letters::Exact) => Code::StartsWith,
        (Part::StartsWith, Letters::Folded) => Code::StartsWithFolded,
        (Part::EndsWith, Letters::Exact) => Code::EndsWith,
        (Part::EndsWith, Letters::Folded) => Code::EndsWithFolded,
        (Part::Contains, Letters::Exact) => Code::Contains,
        (Part::Contains, Letters::Folded) => Code::ContainsFolded,
    }
}

/// Returns the integer that a context may give instead of these digits.
fn integer(unit: &str) -> Option<f64> {
    const LARGEST: i64 = 9_007_199_254_740_991;
    let integer: i64 = unit.parse().ok()?;
    let is_exact = integer.abs() <= LARGEST && integer.to_string() == unit;
    // In range by the check above.
    #[allow(clippy::cast_precision_loss)]
    is_exact.then_some(integer as f64)
}

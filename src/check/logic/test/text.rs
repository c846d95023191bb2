//! Checks of strings.

use std::collections::BTreeSet;

use crate::definition::Check;
use crate::operator::text::{Letters, Part};

/// Returns true when every string that passes `left` passes `right`.
pub(super) fn implies(left: &Check, right: &Check) -> bool {
    let (Some(asked), Some(wanted)) = (Asked::new(left), Asked::new(right)) else {
        return false;
    };
    // Whatever passes a check of folded strings has siblings that pass no check of exact ones.
    if asked.letters == Letters::Folded && wanted.letters == Letters::Exact {
        return false;
    }
    let (given, needed) = (asked.operands(wanted.letters), wanted.operands(wanted.letters));
    match (asked.part, wanted.part) {
        (None, None) => given.is_subset(&needed),
        (None, Some(part)) => given
            .iter()
            .all(|text| needed.iter().any(|operand| has(text, part, operand))),
        (Some(_), None) => false,
        (Some(part), Some(other)) => {
            let is_enough = part == other || other == Part::Contains;
            let covered = |text: &String| needed.iter().any(|operand| has(text, other, operand));
            is_enough && given.iter().all(covered)
        }
    }
}

/// Returns true when no string passes both.
pub(super) fn excludes(left: &Check, right: &Check) -> bool {
    let (Some(left), Some(right)) = (Asked::new(left), Asked::new(right)) else {
        return false;
    };
    let is_folded = left.letters == Letters::Folded || right.letters == Letters::Folded;
    let letters = if is_folded {
        Letters::Folded
    } else {
        Letters::Exact
    };
    let (ours, theirs) = (left.operands(letters), right.operands(letters));
    let is_apart = |clash: &dyn Fn(&str, &str) -> bool| {
        ours.iter()
            .all(|our| theirs.iter().all(|their| clash(our, their)))
    };
    match (left.part, right.part) {
        (None, None) => ours.is_disjoint(&theirs),
        (None, Some(part)) => is_apart(&|text, operand| !has(text, part, operand)),
        (Some(part), None) => is_apart(&|operand, text| !has(text, part, operand)),
        // Two beginnings meet where one is the beginning of the other, and so do two ends.
        (Some(part), Some(other)) if part == other && part != Part::Contains => {
            is_apart(&|our, their| !has(our, part, their) && !has(their, part, our))
        }
        _ => false,
    }
}

/// A check of strings: the whole of it or a part is one of the operands.
struct Asked<'a> {
    part: Option<Part>,
    operands: &'a [String],
    letters: Letters,
}

impl<'a> Asked<'a> {
    fn new(check: &'a Check) -> Option<Self> {
        let (part, operands, letters) = match check {
            Check::TextIn { members, letters } => (None, members, *letters),
            Check::Part {
                part,
                any_of,
                letters,
            } => (Some(*part), any_of, *letters),
            _ => return None,
        };
        Some(Self {
            part,
            operands,
            letters,
        })
    }

    fn operands(&self, letters: Letters) -> BTreeSet<String> {
        self.operands.iter().map(|operand| letters.of(operand)).collect()
    }
}

fn has(text: &str, part: Part, operand: &str) -> bool {
    match part {
        Part::StartsWith => text.starts_with(operand),
        Part::EndsWith => text.ends_with(operand),
        Part::Contains => text.contains(operand),
    }
}

//! Segments that are the same, or lie in one another.

use std::collections::BTreeSet;

use super::Findings;
use super::facts::{Facts, walk};
use crate::definition::{Condition, Segment};
use crate::read::place::Step;

/// Segments of which one has everybody of another, without asking for it.
pub(super) fn overlaps(facts: &Facts<'_>, findings: &mut Findings) {
    let segments: Vec<(&str, &Segment)> = facts.segments().collect();
    for (at, (name, segment)) in segments.iter().enumerate() {
        for (other, later) in segments.iter().skip(at + 1) {
            let is_inner = is_within(facts, segment, later);
            let is_outer = is_within(facts, later, segment);
            if is_inner && is_outer {
                let message = format!("everybody in `{other}` is in `{name}`, and the other way round");
                let mend = "keep one of the two";
                findings.warn("same-segment", &place(other), message, mend);
            } else if is_inner && !asks(later, name) && !asks(segment, other) {
                contained(name, other, findings);
            } else if is_outer && !asks(later, name) && !asks(segment, other) {
                contained(other, name, findings);
            }
        }
    }
}

fn contained(inner: &str, outer: &str, findings: &mut Findings) {
    let message = format!("everybody in `{inner}` is in `{outer}` as well");
    let mend = "let one ask for the other, if this is meant, so that they stay so";
    findings.inform("contained-segment", &place(inner), message, mend);
}

const fn place(name: &str) -> [Step<'_>; 2] {
    [Step::Name("segments"), Step::Name(name)]
}

fn asks(segment: &Segment, wanted: &str) -> bool {
    let mut asks = false;
    if let Some(audience) = &segment.audience {
        walk(audience, &mut |part| {
            asks |= matches!(part, Condition::Segment(name) if name == wanted);
        });
    }
    asks
}

/// Returns true when everybody in `inner` is in `outer`.
fn is_within(facts: &Facts<'_>, inner: &Segment, outer: &Segment) -> bool {
    let same_unit = inner.unit == outer.unit;
    let has_included = is_subset(&inner.include, &outer.include);
    let spares_excluded = is_subset(&outer.exclude, &inner.exclude);
    let by_units = (inner.include.is_empty() || (same_unit && has_included))
        && (outer.exclude.is_empty() || (same_unit && spares_excluded));
    by_units
        && match (&inner.audience, &outer.audience) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(inner), Some(outer)) => facts.logic.is_within(Some(inner), Some(outer)),
        }
}

fn is_subset(units: &[String], others: &[String]) -> bool {
    // Most lists differ from the beginning, and then nothing needs to be sorted.
    let has_first = units.first().is_none_or(|first| others.contains(first));
    let others: BTreeSet<&String> = if has_first {
        others.iter().collect()
    } else {
        BTreeSet::new()
    };
    units.iter().all(|unit| others.contains(unit))
}

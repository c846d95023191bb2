//! Checks that ask for a number, an instant between two ends.

use crate::definition::{Check, Span};
use crate::operator::number::Comparison;

/// What lies between two ends, each of which may belong to it.
pub(super) struct Interval {
    low: f64,
    has_low: bool,
    high: f64,
    has_high: bool,
    /// False for instants, which strings may be too.
    pub(super) is_of_numbers: bool,
}

/// Returns the interval that a check asks for, where it asks for one.
pub(super) fn interval(check: &Check) -> Option<Interval> {
    const LEAST: f64 = f64::NEG_INFINITY;
    const MOST: f64 = f64::INFINITY;
    let (low, has_low, high, has_high) = match check {
        Check::Compare(Comparison::LessThan, bound) | Check::Instant(Span::Before(bound)) => {
            (LEAST, true, *bound, false)
        }
        Check::Compare(Comparison::AtMost, bound) => (LEAST, true, *bound, true),
        Check::Compare(Comparison::GreaterThan, bound) | Check::Instant(Span::After(bound)) => {
            (*bound, false, MOST, true)
        }
        Check::Compare(Comparison::AtLeast, bound) => (*bound, true, MOST, true),
        Check::Between(low, high) => (*low, true, *high, true),
        Check::Instant(Span::Within(from, until)) => (*from, true, *until, false),
        _ => return None,
    };
    Some(Interval {
        low,
        has_low,
        high,
        has_high,
        is_of_numbers: !matches!(check, Check::Instant(_)),
    })
}

// Ends are compared to the last bit, as they are in an evaluation.
#[allow(clippy::float_cmp)]
impl Interval {
    pub(super) fn has(&self, number: f64) -> bool {
        let is_over = number > self.low || (self.has_low && number == self.low);
        let is_under = number < self.high || (self.has_high && number == self.high);
        is_over && is_under
    }

    pub(super) fn is_within(&self, outer: &Self) -> bool {
        let starts = self.low > outer.low || (self.low == outer.low && (outer.has_low || !self.has_low));
        let ends = self.high < outer.high || (self.high == outer.high && (outer.has_high || !self.has_high));
        self.is_of_numbers == outer.is_of_numbers && starts && ends
    }

    pub(super) fn is_apart(&self, other: &Self) -> bool {
        let ends_before = |first: &Self, second: &Self| {
            first.high < second.low || (first.high == second.low && !(first.has_high && second.has_low))
        };
        self.is_of_numbers == other.is_of_numbers && (ends_before(self, other) || ends_before(other, self))
    }
}

//! Conditions on numbers.

use crate::id::Span;
use crate::operand::Operands;

/// How a number compares with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is under the bound.
    LessThan,
    /// It is the bound, or under it.
    AtMost,
    /// It is over the bound.
    GreaterThan,
    /// It is the bound, or over it.
    AtLeast,
}

impl Comparison {
    /// Returns whether `number` stands so to `bound`. A NaN stands in no way to anything.
    #[must_use]
    pub fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::LessThan => number < bound,
            Self::AtMost => number <= bound,
            Self::GreaterThan => number > bound,
            Self::AtLeast => number >= bound,
        }
    }
}

/// Returns whether `number` divided by `divisor` leaves `remainder`, which has the sign of the number. All are whole, or it does not.
#[must_use]
pub fn leaves(number: f64, divisor: f64, remainder: f64) -> bool {
    match (whole(number), whole(divisor), whole(remainder)) {
        (Some(number), Some(divisor), Some(remainder)) => number.checked_rem(divisor) == Some(remainder),
        _ => false,
    }
}

/// Returns the whole number that this is, where a double holds all those around it.
#[must_use]
pub fn whole(number: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    // What is not finite is over the largest, or no number at all.
    if !(-LARGEST..=LARGEST).contains(&number) {
        return None;
    }
    // In range by the check above, so nothing is lost but a fraction.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let (whole, back) = (number as i64, number as i64 as f64);
    ((number - back).abs() <= 0.0).then_some(whole)
}

/// Returns whether `number` is in the list.
// Equality of numbers is meant to the last bit, as in JSON.
#[allow(clippy::float_cmp)]
#[must_use]
pub fn is_in(number: f64, list: Span, operands: &Operands) -> bool {
    operands.number_list(list).any(|member| member == number)
}

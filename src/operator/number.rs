//! Conditions on numbers.

use crate::digits::whole;
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

/// Returns whether `number` is in the list.
// Equality of numbers is meant to the last bit, as in JSON.
#[allow(clippy::float_cmp)]
#[must_use]
pub fn is_in(number: f64, list: Span, operands: &Operands) -> bool {
    operands.number_list(list).any(|member| member == number)
}

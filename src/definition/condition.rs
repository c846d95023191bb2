//! What a rule or a segment asks of a context.

use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
use crate::operator::version::Relation;

/// A condition on a context.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Each of them holds.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The subject is in the segment.
    Segment(String),
    /// Another flag gives one of these variants.
    Flag {
        /// Its key.
        key: String,
        /// The variants.
        variants: Vec<String>,
    },
    /// An attribute is as asked.
    Test {
        /// The path of the attribute, [`NOW`](super::NOW) for the instant of the evaluation; inside [`Check::Some`] a path
        /// in the element, or empty for the element itself.
        attribute: String,
        /// What is asked.
        check: Check,
    },
}

/// What is asked of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// It is there.
    Exists,
    /// It is this boolean.
    Is(bool),
    /// It is one of these strings.
    TextIn {
        /// The strings.
        members: Vec<String>,
        /// Whether the case of letters counts.
        letters: Letters,
    },
    /// It is one of these numbers.
    NumberIn(Vec<f64>),
    /// It compares so with a number.
    Compare(Comparison, f64),
    /// It is neither under the first nor over the second.
    Between(f64, f64),
    /// A part of it is one of these strings.
    Part {
        /// Which part.
        part: Part,
        /// The strings.
        any_of: Vec<String>,
        /// Whether the case of letters counts.
        letters: Letters,
    },
    /// It is a version in a range.
    Semver(Range),
    /// A part of it fits a regular expression.
    Matches {
        /// The expression, as it was written.
        pattern: String,
        /// Whether the case of letters counts.
        letters: Letters,
    },
    /// It is an instant in a span of time.
    Instant(Span),
    /// It is an instant on one of these days.
    Weekday {
        /// A bit for each day, Monday's the lowest.
        days: u8,
        /// How far east of Greenwich the days are counted, in minutes.
        offset: i32,
    },
    /// It is an instant at some hours of the day.
    Hour {
        /// The first hour.
        from: u8,
        /// The first that no longer belongs to it; if it is not later, the night lies between.
        until: u8,
        /// How far east of Greenwich the hours are counted, in minutes.
        offset: i32,
    },
    /// It is an address in one of these networks.
    Cidr(Vec<Network>),
    /// It is a list of so many elements, both ends counted.
    Size(u32, u32),
    /// It is a list, one element of which is so.
    Some(Box<Condition>),
    /// Divided by the first it leaves the second.
    Modulo(f64, f64),
    /// As a unit it falls into a part of all points.
    Percent {
        /// What the draw is salted with.
        salt: String,
        /// Where the part begins and ends, in scaled percent; the end does not belong to it.
        range: [u32; 2],
    },
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Before an instant, in milliseconds since 1970.
    Before(f64),
    /// After an instant.
    After(f64),
    /// From the first instant, and before the second.
    Within(f64, f64),
    /// At most so many milliseconds before the instant of the evaluation, and not after it.
    Last(f64),
    /// At most so many milliseconds after the instant of the evaluation, and not before it.
    Next(f64),
}

/// A network of IP addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its first address; one of version 4 as version 6 maps it, `::ffff:a.b.c.d`.
    pub address: u128,
    /// How many leading bits of 128 are the network's.
    pub prefix: u32,
}

/// A range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// As it was written.
    pub source: String,
    /// Alternatives, each a conjunction of comparisons.
    pub alternatives: Vec<Vec<Bound>>,
}

/// A comparison with one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// How it has to compare.
    pub relation: Relation,
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// What stands after the hyphen; empty for a release.
    pub pre: String,
}

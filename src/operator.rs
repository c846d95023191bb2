//! What a condition asks of an attribute.

pub mod fold;
pub mod number;
pub mod text;
pub mod version;

use crate::context::Attribute;
use crate::error::Error;
use crate::id::{NodeId, SegmentId, Span};
use crate::operand::Operands;
use text::Letters;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal),* $(,)?) => {
        /// The operators of the snapshot format. A code is never given to another operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $name = $code,)*
        }

        impl Code {
            /// Returns the operator of a code, or none where this version does not know it.
            #[must_use]
            pub const fn from_u32(code: u32) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    /// The subject is in a segment. One word: the segment.
    Segment = 0,
    /// The attribute is there. No words.
    Exists = 1,
    /// It is this boolean. One word: zero or one.
    Is = 2,
    /// It is one of these strings. Words: strings, in the order of their bytes.
    TextIn = 3,
    /// The same, whatever the case. Words: strings in lower case.
    TextInFolded = 4,
    /// It is one of these numbers. Words: numbers.
    NumberIn = 5,
    /// It is less than the number. One word.
    LessThan = 6,
    /// It is not more than the number. One word.
    AtMost = 7,
    /// It is more than the number. One word.
    GreaterThan = 8,
    /// It is not less than the number. One word.
    AtLeast = 9,
    /// It is neither under the first number nor over the second. Two words.
    Between = 10,
    /// It starts with one of these strings. Words: strings.
    StartsWith = 11,
    /// The same, whatever the case. Words: strings in lower case.
    StartsWithFolded = 12,
    /// It ends with one of these strings. Words: strings.
    EndsWith = 13,
    /// The same, whatever the case. Words: strings in lower case.
    EndsWithFolded = 14,
    /// It contains one of these strings. Words: strings.
    Contains = 15,
    /// The same, whatever the case. Words: strings in lower case.
    ContainsFolded = 16,
    /// It is a version in a range. Words: the range as written, then alternatives; see [`version`].
    Semver = 17,
}

/// An operator with its operands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator {
    /// The subject is in a segment whose audience begins at `entry`.
    Segment {
        /// The segment.
        segment: SegmentId,
        /// Where its audience begins.
        entry: NodeId,
    },
    /// The attribute is there.
    Exists,
    /// It is this boolean.
    Is(bool),
    /// It is one of these strings.
    TextIn(Letters, Span),
    /// It is one of these numbers.
    NumberIn(Span),
    /// It compares so with a number.
    Compare(number::Comparison, f64),
    /// It is neither under the first nor over the second.
    Between(f64, f64),
    /// A part of it is one of these strings.
    Part(text::Part, Letters, Span),
    /// It is a version in a range.
    Semver(Span),
    /// Written by a newer version: the flags that need it are refused, so it is never asked.
    Unknown,
}

impl Operator {
    /// Reads an operator. One that asks for a segment is resolved by the caller, who knows the segments.
    ///
    /// # Errors
    ///
    /// The words are not those that the operator takes.
    pub fn new(code: u32, list: Span, operands: &Operands) -> Result<Self, Error> {
        use number::Comparison::{AtLeast, AtMost, GreaterThan, LessThan};
        use text::Part::{Contains, EndsWith, StartsWith};

        let words = list.of(&operands.words);
        let number = |at: usize| {
            let word = words.get(at).copied().ok_or(Error::malformed("operands"));
            word.map(|word| operands.number(word))
        };
        let Some(code) = Code::from_u32(code) else {
            return Ok(Self::Unknown);
        };
        Ok(match code {
            Code::Segment => Self::Segment {
                segment: SegmentId(words.first().copied().ok_or(Error::malformed("operands"))?),
                entry: NodeId::default(),
            },
            Code::Exists => Self::Exists,
            Code::Is => Self::Is(words.first() == Some(&1)),
            Code::TextIn => Self::TextIn(Letters::Exact, list),
            Code::TextInFolded => Self::TextIn(Letters::Folded, list),
            Code::NumberIn => Self::NumberIn(list),
            Code::LessThan => Self::Compare(LessThan, number(0)?),
            Code::AtMost => Self::Compare(AtMost, number(0)?),
            Code::GreaterThan => Self::Compare(GreaterThan, number(0)?),
            Code::AtLeast => Self::Compare(AtLeast, number(0)?),
            Code::Between => Self::Between(number(0)?, number(1)?),
            Code::StartsWith => Self::Part(StartsWith, Letters::Exact, list),
            Code::StartsWithFolded => Self::Part(StartsWith, Letters::Folded, list),
            Code::EndsWith => Self::Part(EndsWith, Letters::Exact, list),
            Code::EndsWithFolded => Self::Part(EndsWith, Letters::Folded, list),
            Code::Contains => Self::Part(Contains, Letters::Exact, list),
            Code::ContainsFolded => Self::Part(Contains, Letters::Folded, list),
            Code::Semver => Self::Semver(list),
        })
    }

    /// Returns whether the attribute is as asked. One of another type, or an absent one, is not.
    #[must_use]
    pub fn holds(&self, attribute: Attribute<'_>, operands: &Operands) -> bool {
        match (self, attribute) {
            (Self::Exists, attribute) => attribute != Attribute::Absent,
            (Self::Is(wanted), Attribute::Boolean(boolean)) => *wanted == boolean,
            (Self::NumberIn(list), Attribute::Number(number)) => number::is_in(number, *list, operands),
            (Self::Compare(comparison, bound), Attribute::Number(number)) => comparison.holds(number, *bound),
            (Self::Between(low, high), Attribute::Number(number)) => *low <= number && number <= *high,
            (Self::TextIn(letters, list), Attribute::Text(text)) => {
                text::is_in(text, *letters, *list, operands)
            }
            (Self::Part(part, letters, list), Attribute::Text(text)) => {
                text::has_part(text, *part, *letters, *list, operands)
            }
            (Self::Semver(list), Attribute::Text(text)) => version::is_in_range(text, *list, operands),
            _ => false,
        }
    }
}

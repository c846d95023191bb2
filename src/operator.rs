//! What a condition asks of an attribute.

pub mod fold;
pub mod network;
pub mod number;
pub mod text;
pub mod time;
pub mod version;

use crate::bucket::{Seed, is_under};
use crate::context::Attribute;
use crate::digest::digest;
use crate::id::{AutomatonId, FlagId, NodeId, SegmentId, Span, TextId};
use crate::operand::Operands;
use text::Letters;
use version::Version;

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
    /// Another flag gives one of the variants. Words: the flag, and its variants.
    Flag = 18,
    /// As a unit it is one of these strings. Words: strings, in the order of their bytes.
    UnitIn = 19,
    /// The same, of its digest. Words: digests, in the order of their bytes.
    UnitHashed = 20,
    /// A part of it fits a regular expression. Words: the automaton, and the expression as written.
    Matches = 21,
    /// It is an instant before the number. One word.
    Before = 22,
    /// It is an instant after the number. One word.
    After = 23,
    /// It is an instant from the first number and before the second. Two words.
    Within = 24,
    /// It lies at most so many milliseconds before the instant of the evaluation. One word, a number.
    Last = 25,
    /// It lies at most so many milliseconds after the instant of the evaluation. One word, a number.
    Next = 26,
    /// It is an instant on one of these days. Words: a bit for each from Monday, and the offset in minutes plus 1440.
    Weekday = 27,
    /// It is an instant at these hours. Words: from, until, and the offset in minutes plus 1440.
    Hour = 28,
    /// It is an address in one of these networks. Words: five a network; see [`network`].
    Cidr = 29,
    /// It is a list of so many elements. Words: at least, and at most.
    Size = 30,
    /// It is a list with an element that an audience admits. One word: the node where that begins.
    Some = 31,
    /// Divided by the first number it leaves the second. Two words.
    Modulo = 32,
    /// As a unit it falls into a part of all points. Words: the salt, from and until in scaled percent.
    Percent = 33,
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
    /// Another flag gives one of the variants.
    Flag {
        /// The flag.
        flag: FlagId,
        /// The variants, as words.
        variants: Span,
    },
    /// As a unit it is one of these strings, or its digest is.
    Unit {
        /// Whether it is the digest.
        hashed: bool,
        /// The strings, or the digests.
        list: Span,
    },
    /// A part of it fits a regular expression.
    Matches(AutomatonId, TextId),
    /// It is an instant in a span of time.
    Instant(time::Window),
    /// It is an instant on one of these days.
    Weekday(u32, time::Offset),
    /// It is an instant at these hours.
    Hour(u32, u32, time::Offset),
    /// It is an address in one of these networks.
    Cidr(Span),
    /// It is a list of so many elements.
    Size(u32, u32),
    /// It is a list with an element that an audience admits.
    Some {
        /// Where the audience begins.
        entry: NodeId,
        /// How many slots an element has.
        slots: u32,
    },
    /// Divided by the first it leaves the second.
    Modulo(f64, f64),
    /// As a unit it falls from the first percent on and before the second, both scaled.
    Percent {
        /// What the draw is salted with.
        salt: TextId,
        /// The seed of the draw.
        seed: Seed,
        /// Where the part begins and ends.
        range: [u32; 2],
    },
    /// Written by a newer version: the flags that need it are refused, so it is never asked.
    Unknown,
}

impl Operator {
    /// Reads an operator, or returns nothing where the words are not those that it takes.
    ///
    /// What asks for a segment or for elements is completed by the caller, who knows these.
    #[must_use]
    pub fn new(code: u32, list: Span, operands: &Operands) -> Option<Self> {
        let Some(code) = Code::from_u32(code) else {
            return Some(Self::Unknown);
        };
        let words = Words { list, operands };
        words.of_texts(code).or_else(|| words.of_scalars(code))
    }

    /// Returns whether its answer depends on the instant of the evaluation, when it asks for that or for an attribute.
    #[must_use]
    pub const fn is_timed(self, is_of_now: bool) -> bool {
        match self {
            Self::Segment { .. } | Self::Some { .. } | Self::Flag { .. } | Self::Unknown => false,
            Self::Instant(window) => is_of_now || window.is_relative(),
            _ => is_of_now,
        }
    }

    /// Returns whether the case of letters does not count, so that the attribute is lowered first.
    #[must_use]
    pub const fn is_folded(self) -> bool {
        matches!(
            self,
            Self::TextIn(Letters::Folded, _) | Self::Part(_, Letters::Folded, _)
        )
    }

    /// Returns whether the attribute is as asked. One of another type, or an absent one, is not.
    ///
    /// What asks for a segment, a flag or an element is answered by the evaluation.
    #[must_use]
    pub fn holds(&self, attribute: Attribute<'_>, operands: &Operands, now: f64) -> bool {
        match (self, attribute) {
            (Self::Exists, attribute) => !matches!(attribute, Attribute::Absent),
            (Self::Is(wanted), Attribute::Boolean(boolean)) => *wanted == boolean,
            (Self::TextIn(_, list), Attribute::Text(text)) => text::is_in(text, *list, operands),
            (Self::Part(part, _, list), Attribute::Text(text)) => {
                text::has_part(text, *part, *list, operands)
            }
            (Self::Semver(list), Attribute::Text(text)) => {
                Version::parse(text).is_some_and(|version| version::is_in_range(&version, *list, operands))
            }
            (Self::Matches(automaton, _), Attribute::Text(text)) => {
                operands.automata.is_match(*automaton, text)
            }
            (Self::Cidr(list), Attribute::Text(text)) => network::is_in(text, *list, operands),
            (Self::NumberIn(list), Attribute::Number(number)) => number::is_in(number, *list, operands),
            (Self::Compare(comparison, bound), Attribute::Number(number)) => comparison.holds(number, *bound),
            (Self::Between(low, high), Attribute::Number(number)) => *low <= number && number <= *high,
            (Self::Modulo(divisor, remainder), Attribute::Number(number)) => {
                number::leaves(number, *divisor, *remainder)
            }
            (Self::Size(low, high), Attribute::List { length, .. }) => (*low..=*high).contains(&length),
            (Self::Instant(_) | Self::Weekday(..) | Self::Hour(..), attribute) => {
                time::instant(attribute).is_some_and(|instant| self.holds_at(instant, now))
            }
            (Self::Unit { hashed, list }, attribute) => is_unit_in(attribute, *hashed, *list, operands),
            (Self::Percent { seed, range, .. }, attribute) => attribute.unit().is_some_and(|unit| {
                let point = seed.point(unit.bytes());
                !is_under(point, range[0]) && is_under(point, range[1])
            }),
            _ => false,
        }
    }
}

impl Operator {
    fn holds_at(&self, instant: f64, now: f64) -> bool {
        match self {
            Self::Instant(window) => window.holds(instant, now),
            Self::Weekday(days, offset) => offset.is_on(instant, *days),
            Self::Hour(from, until, offset) => offset.is_at(instant, *from, *until),
            _ => false,
        }
    }
}

fn is_unit_in(attribute: Attribute<'_>, hashed: bool, list: Span, operands: &Operands) -> bool {
    let Some(unit) = attribute.unit() else {
        return false;
    };
    let digest = hashed.then(|| digest(operands.unit_salt(), unit.bytes()));
    let unit = digest.as_ref().map_or(unit.bytes(), |digest| digest);
    text::is_in(unit, list, operands)
}

/// The words of one test.
struct Words<'a> {
    list: Span,
    operands: &'a Operands,
}

impl Words<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        self.list.of(&self.operands.words).get(at).copied()
    }

    fn number(&self, at: usize) -> Option<f64> {
        self.word(at).map(|word| self.operands.number(word))
    }

    fn offset(&self, at: usize) -> Option<time::Offset> {
        self.word(at).map(time::Offset::new)
    }

    /// Reads an operator that takes as many words as it likes.
    fn of_texts(&self, code: Code) -> Option<Operator> {
        use text::Part::{Contains, EndsWith, StartsWith};

        let list = self.list;
        Some(match code {
            Code::Exists => Operator::Exists,
            Code::TextIn => Operator::TextIn(Letters::Exact, list),
            Code::TextInFolded => Operator::TextIn(Letters::Folded, list),
            Code::NumberIn => Operator::NumberIn(list),
            Code::StartsWith => Operator::Part(StartsWith, Letters::Exact, list),
            Code::StartsWithFolded => Operator::Part(StartsWith, Letters::Folded, list),
            Code::EndsWith => Operator::Part(EndsWith, Letters::Exact, list),
            Code::EndsWithFolded => Operator::Part(EndsWith, Letters::Folded, list),
            Code::Contains => Operator::Part(Contains, Letters::Exact, list),
            Code::ContainsFolded => Operator::Part(Contains, Letters::Folded, list),
            Code::Semver => Operator::Semver(list),
            Code::Cidr => Operator::Cidr(list),
            Code::UnitIn => Operator::Unit { hashed: false, list },
            Code::UnitHashed => Operator::Unit { hashed: true, list },
            _ => return None,
        })
    }

    /// Reads an operator whose words are so many, each with a meaning of its own.
    fn of_scalars(&self, code: Code) -> Option<Operator> {
        use number::Comparison::{AtLeast, AtMost, GreaterThan, LessThan};
        use time::Window::{After, Before, Last, Next, Within};

        let (word, number) = (self.word(0)?, self.number(0)?);
        Some(match code {
            Code::Segment => Operator::Segment {
                segment: SegmentId(word),
                entry: NodeId::default(),
            },
            Code::Is => Operator::Is(word == 1),
            Code::LessThan => Operator::Compare(LessThan, number),
            Code::AtMost => Operator::Compare(AtMost, number),
            Code::GreaterThan => Operator::Compare(GreaterThan, number),
            Code::AtLeast => Operator::Compare(AtLeast, number),
            Code::Between => Operator::Between(number, self.number(1)?),
            Code::Flag => Operator::Flag {
                flag: FlagId(word),
                variants: self.list.skip(1),
            },
            Code::Matches => Operator::Matches(AutomatonId(word), TextId(self.word(1)?)),
            Code::Before => Operator::Instant(Before(number)),
            Code::After => Operator::Instant(After(number)),
            Code::Within => Operator::Instant(Within(number, self.number(1)?)),
            Code::Last => Operator::Instant(Last(number)),
            Code::Next => Operator::Instant(Next(number)),
            Code::Weekday => Operator::Weekday(word, self.offset(1)?),
            Code::Hour => Operator::Hour(word, self.word(1)?, self.offset(2)?),
            Code::Size => Operator::Size(word, self.word(1)?),
            Code::Some => Operator::Some {
                entry: NodeId(word),
                slots: 0,
            },
            Code::Modulo => Operator::Modulo(number, self.number(1)?),
            Code::Percent => Operator::Percent {
                salt: TextId(word),
                seed: Seed::new(self.operands.texts.get(TextId(word))),
                range: [self.word(1)?, self.word(2)?],
            },
            _ => return None,
        })
    }
}

//! Versions as Semantic Versioning 2.0.0 orders them, and ranges of them.
//!
//! A range is alternatives, each a conjunction of comparisons.
//! Its operand words are: the string as it was written, and for each alternative the number of its comparisons, and for each
//! comparison eight words: the relation, the lower halves of major, minor and patch, their upper halves, and the pre-release
//! string plus one, or zero.

use core::cmp::Ordering;

use crate::id::{Span, TextId};
use crate::operand::Operands;

/// How many words a comparison takes.
pub const COMPARISON_WORDS: usize = 8;

/// A version, whose build is of no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<'a> {
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// What stands after the hyphen; empty for a release.
    pub pre: &'a [u8],
}

/// How a version stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It comes before.
    Before,
    /// It does not come after.
    UpTo,
    /// It comes after.
    After,
    /// It does not come before.
    From,
    /// It is the same.
    Same,
}

impl Relation {
    const ALL: [Self; 5] = [Self::Before, Self::UpTo, Self::After, Self::From, Self::Same];

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Before => order == Ordering::Less,
            Self::UpTo => order != Ordering::Greater,
            Self::After => order == Ordering::Greater,
            Self::From => order != Ordering::Less,
            Self::Same => order == Ordering::Equal,
        }
    }
}

impl<'a> Version<'a> {
    /// Reads a version. A leading `v` is skipped, and a missing minor or patch is zero, as applications report them.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let text = match text {
            [b'v' | b'V', rest @ ..] => rest,
            _ => text,
        };
        let mut numbers = [0; 3];
        let (mut part, mut digits, mut end) = (0, 0, 0);
        for byte in text {
            match byte {
                // Fifteen digits are exact in the doubles of JavaScript.
                b'0'..=b'9' if digits < 15 => {
                    let number: &mut u64 = numbers.get_mut(part)?;
                    *number = *number * 10 + u64::from(*byte - b'0');
                    digits += 1;
                }
                b'.' if digits > 0 => (part, digits) = (part + 1, 0),
                b'-' | b'+' => break,
                _ => return None,
            }
            end += 1;
        }
        let pre = match text.get(end..)? {
            [b'-', rest @ ..] => rest.split(|byte| *byte == b'+').next()?,
            _ => &[],
        };
        let is_whole = digits > 0 && (pre.is_empty() == (text.get(end) != Some(&b'-')));
        (is_whole && (pre.is_empty() || is_pre_release(pre))).then_some(Self { numbers, pre })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| order_pre_releases(self.pre, other.pre))
    }
}

fn is_pre_release(pre: &[u8]) -> bool {
    pre.split(|byte| *byte == b'.').all(|identifier| {
        !identifier.is_empty()
            && identifier
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    })
}

/// A release comes after all its pre-releases; else identifiers decide, one by one, and then their number.
fn order_pre_releases(left: &[u8], right: &[u8]) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let mut left = left.split(|byte| *byte == b'.');
    let mut right = right.split(|byte| *byte == b'.');
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => order_identifiers(left, right),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before words; numbers by size, words by their bytes.
fn order_identifiers(left: &[u8], right: &[u8]) -> Ordering {
    let is_number = |identifier: &[u8]| identifier.iter().all(u8::is_ascii_digit);
    match (is_number(left), is_number(right)) {
        (true, true) => {
            let (left, right) = (significant(left), significant(right));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or(&[])
}

/// Returns whether a version is in the range.
#[must_use]
pub fn is_in_range(version: &Version<'_>, list: Span, operands: &Operands) -> bool {
    let Some((_, mut words)) = list.of(&operands.words).split_first() else {
        return false;
    };
    while let Some((count, rest)) = words.split_first() {
        let length = (*count as usize).saturating_mul(COMPARISON_WORDS);
        let Some((alternative, rest)) = rest.split_at_checked(length) else {
            return false;
        };
        let (comparisons, _) = alternative.as_chunks::<COMPARISON_WORDS>();
        if comparisons
            .iter()
            .all(|comparison| compare(version, comparison, operands))
        {
            return true;
        }
        words = rest;
    }
    false
}

fn compare(version: &Version<'_>, words: &[u32; COMPARISON_WORDS], operands: &Operands) -> bool {
    let [relation, major, minor, patch, upper @ .., pre] = *words;
    let Some(relation) = Relation::ALL.get(relation as usize) else {
        return false;
    };
    let [a, b, c] = upper;
    let whole = |upper: u32, lower: u32| u64::from(upper) << 32 | u64::from(lower);
    let numbers = [whole(a, major), whole(b, minor), whole(c, patch)];
    let pre = match pre.checked_sub(1) {
        Some(text) => operands.texts.bytes(TextId(text)),
        None => &[],
    };
    relation.holds(version.order(&Version { numbers, pre }))
}

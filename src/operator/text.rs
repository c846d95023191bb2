//! Conditions on strings.

use super::fold::lower;
use crate::id::{Span, TextId};
use crate::operand::Operands;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// So many strings are compared faster one after another than by halves.
const FEW: u32 = 8;

/// Whether the case of letters counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// It does.
    Exact,
    /// It does not: operands are in lower case, and the attribute is lowered letter by letter.
    Folded,
}

impl Letters {
    /// Returns an operand as it is compared.
    ///
    #[must_use]
    pub fn of(self, operand: &str) -> String {
        match self {
            Self::Exact => operand.to_owned(),
            Self::Folded => folded(operand).collect(),
        }
    }
}

/// Where in the attribute an operand is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// At the start.
    StartsWith,
    /// At the end.
    EndsWith,
    /// Anywhere.
    Contains,
}

fn folded(text: &str) -> impl DoubleEndedIterator<Item = char> + Clone {
    text.chars().map(lower)
}

/// Returns whether `text` is one of the strings.
#[must_use]
pub fn is_in(text: &[u8], letters: Letters, list: Span, operands: &Operands) -> bool {
    match letters {
        Letters::Exact if list.length <= FEW => operands
            .bytes_list(list)
            .any(|member| member.first() == text.first() && member == text),
        Letters::Exact => list
            .of(&operands.words)
            .binary_search_by(|word| operands.texts.bytes(TextId(*word)).cmp(text))
            .is_ok(),
        Letters::Folded => {
            let Ok(text) = core::str::from_utf8(text) else {
                return false;
            };
            operands
                .text_list(list)
                .any(|member| folded(text).eq(member.chars()))
        }
    }
}

/// Returns whether a part of `text` is one of the strings.
#[must_use]
pub fn has_part(text: &[u8], part: Part, letters: Letters, list: Span, operands: &Operands) -> bool {
    match letters {
        Letters::Exact => operands.bytes_list(list).any(|wanted| match part {
            Part::StartsWith => text.starts_with(wanted),
            Part::EndsWith => text.ends_with(wanted),
            Part::Contains => contains(text, wanted),
        }),
        Letters::Folded => {
            let Ok(text) = core::str::from_utf8(text) else {
                return false;
            };
            operands.text_list(list).any(|wanted| match part {
                Part::StartsWith => begins(folded(text), wanted.chars()),
                Part::EndsWith => begins(folded(text).rev(), wanted.chars().rev()),
                Part::Contains => contains_folded(text, wanted),
            })
        }
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else {
        return true;
    };
    text.iter()
        .enumerate()
        .any(|(at, byte)| byte == first && text.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}

fn contains_folded(text: &str, wanted: &str) -> bool {
    let mut rest = folded(text);
    loop {
        if begins(rest.clone(), wanted.chars()) {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}

fn begins(mut text: impl Iterator<Item = char>, mut wanted: impl Iterator<Item = char>) -> bool {
    wanted.all(|letter| text.next() == Some(letter))
}

//! Conditions on strings.

use super::fold::lower;
use crate::id::{Span, TextId};
use crate::operand::Operands;
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
    #[cfg(feature = "control")]
    #[must_use]
    pub fn of(self, operand: &str) -> String {
        match self {
            Self::Exact => operand.into(),
            Self::Folded => operand.chars().map(lower).collect(),
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

/// Writes a text in lower case, or returns false where it is no text.
#[must_use]
pub fn fold(text: &[u8], lowered: &mut String) -> bool {
    lowered.clear();
    let Ok(text) = core::str::from_utf8(text) else {
        return false;
    };
    for letter in text.chars() {
        lowered.push(lower(letter));
    }
    true
}

/// Returns whether `text` is one of the strings.
#[must_use]
pub fn is_in(text: &[u8], list: Span, operands: &Operands) -> bool {
    if list.length <= FEW {
        return operands
            .bytes_list(list)
            .any(|member| member.first() == text.first() && member == text);
    }
    list.of(&operands.words)
        .binary_search_by(|word| operands.texts.bytes(TextId(*word)).cmp(text))
        .is_ok()
}

/// Returns whether a part of `text` is one of the strings.
#[must_use]
pub fn has_part(text: &[u8], part: Part, list: Span, operands: &Operands) -> bool {
    operands.bytes_list(list).any(|wanted| match part {
        Part::StartsWith => text.starts_with(wanted),
        Part::EndsWith => text.ends_with(wanted),
        Part::Contains => contains(text, wanted),
    })
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else {
        return true;
    };
    text.iter()
        .enumerate()
        .any(|(at, byte)| byte == first && text.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}

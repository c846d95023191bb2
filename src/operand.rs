//! What tests compare with: the strings, the numbers, and the words that point to them.

use crate::automaton::Automata;
use crate::id::{Span, TextId};
use crate::snapshot::Column;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The strings of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: Box<str>,
    ends: Box<[u32]>,
}

impl Texts {
    /// Cuts `all` into strings, or returns nothing where the lengths do not fit it.
    #[must_use]
    pub fn new(all: &str, lengths: &mut Column<'_>) -> Option<Self> {
        let mut end = 0_u32;
        let mut ends = Vec::with_capacity(lengths.len());
        while !lengths.is_empty() {
            end = end.checked_add(lengths.row())?;
            if !all.is_char_boundary(end as usize) {
                return None;
            }
            ends.push(end);
        }
        (end as usize == all.len()).then(|| Self {
            all: all.into(),
            ends: ends.into(),
        })
    }

    /// Returns how many strings there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Returns a string; one that is not there is empty.
    #[must_use]
    pub fn get(&self, id: TextId) -> &str {
        let start = match id.index().checked_sub(1) {
            Some(before) => self.ends.get(before),
            None => Some(&0),
        };
        let (Some(start), Some(end)) = (start, self.ends.get(id.index())) else {
            return "";
        };
        self.all.get(*start as usize..*end as usize).unwrap_or("")
    }

    /// Returns all strings, one after another.
    #[must_use]
    pub fn all(&self) -> &str {
        &self.all
    }

    /// Returns where each string ends, counted in the UTF-16 units of JavaScript.
    #[must_use]
    pub fn utf16_ends(&self) -> Vec<u32> {
        if self.all.is_ascii() {
            return self.ends.to_vec();
        }
        let mut units = 0_u32;
        let mut at = 0_usize;
        let end_of = |end: &u32| {
            let text = self.all.get(at..*end as usize).unwrap_or("");
            at = *end as usize;
            units += text
                .chars()
                .map(|char| if char.len_utf16() == 2 { 2 } else { 1 })
                .sum::<u32>();
            units
        };
        self.ends.iter().map(end_of).collect()
    }
}

/// The operands of all tests.
#[derive(Clone, Debug, Default)]
pub struct Operands {
    /// The strings.
    pub texts: Texts,
    /// The numbers.
    pub numbers: Box<[f64]>,
    /// Indices of strings and numbers, in each operator's own order.
    pub words: Box<[u32]>,
    /// The regular expressions.
    pub automata: Automata,
    /// What units are salted with before they are hashed, where the snapshot has their digests.
    pub unit_salt: Option<TextId>,
}

impl Operands {
    /// Returns the strings that a run of words names.
    pub fn text_list(&self, list: Span) -> impl Iterator<Item = &str> {
        list.of(&self.words)
            .iter()
            .map(|word| self.texts.get(TextId(*word)))
    }

    /// Returns the numbers that a run of words names.
    pub fn number_list(&self, list: Span) -> impl Iterator<Item = f64> {
        list.of(&self.words).iter().map(|word| self.number(*word))
    }

    /// Returns what units are salted with before they are hashed.
    #[must_use]
    pub fn unit_salt(&self) -> &str {
        self.unit_salt.map_or("", |salt| self.texts.get(salt))
    }

    /// Returns a number; one that is not there is none that anything equals.
    #[must_use]
    pub fn number(&self, word: u32) -> f64 {
        self.numbers.get(word as usize).copied().unwrap_or(f64::NAN)
    }
}

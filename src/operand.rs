//! What tests compare with: the strings, the numbers, and the words that point to them.

use crate::automaton::Automata;
use crate::id::{Span, TextId};
use crate::snapshot::Column;
use alloc::string::String;
use alloc::vec::Vec;

/// The strings of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<u32>,
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
            ends,
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
        let (start, end) = self.range(id);
        self.all.get(start..end).unwrap_or("")
    }

    /// Returns the bytes of a string.
    #[must_use]
    pub fn bytes(&self, id: TextId) -> &[u8] {
        let (start, end) = self.range(id);
        self.all.as_bytes().get(start..end).unwrap_or(&[])
    }

    #[inline(always)]
    fn range(&self, id: TextId) -> (usize, usize) {
        let end = self.ends.get(id.index()).copied().unwrap_or(0);
        let before = id.index().checked_sub(1).and_then(|before| self.ends.get(before));
        (before.copied().unwrap_or(0) as usize, end as usize)
    }
}

/// The operands of all tests.
#[derive(Clone, Debug, Default)]
pub struct Operands {
    /// The strings.
    pub texts: Texts,
    /// The numbers.
    pub numbers: Vec<f64>,
    /// Indices of strings and numbers, in each operator's own order.
    pub words: Vec<u32>,
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

    /// Returns the bytes of the strings that a run of words names.
    pub fn bytes_list(&self, list: Span) -> impl Iterator<Item = &[u8]> {
        list.of(&self.words)
            .iter()
            .map(|word| self.texts.bytes(TextId(*word)))
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

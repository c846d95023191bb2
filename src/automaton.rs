//! Regular expressions as tables, which are only run here: in time proportional to the text.
//!
//! Each table is a deterministic automaton over bytes that looks for the expression anywhere in a text.

#[cfg(feature = "control")]
pub mod compile;

use crate::id::AutomatonId;
use alloc::boxed::Box;

/// The state from which nothing fits any more.
pub const DEAD: u16 = 0;
/// The state in which something has fitted.
pub const MATCH: u16 = 1;

/// All automata of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Automata {
    /// One for each automaton.
    pub rows: Box<[Row]>,
    /// The class of each of the 256 bytes, automaton after automaton.
    pub classes: Box<[u8]>,
    /// The next state for each class and the end of the text, state after state.
    pub transitions: Box<[u16]>,
}

/// Where in the tables an automaton is.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The state in which it begins.
    pub start: u16,
    /// How many transitions a state has: one for each class, and one for the end of the text.
    pub stride: u32,
    /// Its first transition.
    pub first: u32,
}

impl Automata {
    /// Returns whether a part of `text` fits.
    #[must_use]
    pub fn is_match(&self, id: AutomatonId, text: &[u8]) -> bool {
        let (Some(row), Some(classes)) = (
            self.rows.get(id.index()),
            self.classes.as_chunks::<256>().0.get(id.index()),
        ) else {
            return false;
        };
        let next = |state: u16, class: u32| {
            let at = row.first + u32::from(state) * row.stride + class;
            self.transitions.get(at as usize).copied().unwrap_or(DEAD)
        };
        let mut state = row.start;
        for byte in text {
            if state <= MATCH {
                break;
            }
            state = next(state, u32::from(classes[*byte as usize]));
        }
        if state > MATCH {
            state = next(state, row.stride.saturating_sub(1));
        }
        state == MATCH
    }
}

//! What was found out about one context, so that it is found out once.

use crate::context::Attribute;
use crate::id::{FlagId, TestId};
use crate::operator::text::fold;
use crate::ruleset::Ruleset;
use crate::trace::{Outcome, Packed};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What tests and flags gave for one context, however many flags share them.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    /// For each test the era in which it was put, doubled, plus one when it held.
    answers: Vec<u32>,
    /// For each flag the era in which it was evaluated, and its packed outcome, where flags depend on others.
    outcomes: Vec<(u32, u32)>,
    /// Room for the flags that wait for others.
    pending: Vec<FlagId>,
    /// Room for a text in lower case.
    lowered: String,
    era: u32,
    now: f64,
}

impl Memo {
    const LAST_ERA: u32 = u32::MAX / 2;

    /// Forgets all: the context is another.
    #[inline(always)]
    pub fn forget(&mut self) {
        if self.era == Self::LAST_ERA {
            self.forget_eras();
        }
        self.era += 1;
    }

    #[inline(never)]
    fn forget_eras(&mut self) {
        self.answers.fill(0);
        self.outcomes.fill((0, 0));
        self.era = 0;
    }

    /// Forgets what tests gave, and keeps what flags gave: for whoever wants to hear of each test of the next flag.
    #[cfg(feature = "control")]
    pub fn forget_tests(&mut self) {
        self.answers.fill(0);
    }

    /// Makes room for a ruleset, and forgets what held at another instant where that matters.
    #[inline(always)]
    pub(super) fn fit(&mut self, ruleset: &Ruleset, now: f64) {
        if self.answers.len() != ruleset.tests.len() || self.era == 0 {
            self.begin(ruleset);
        }
        if ruleset.is_timed && self.now.to_bits() != now.to_bits() {
            self.forget();
            self.now = now;
        }
    }

    #[inline(never)]
    fn begin(&mut self, ruleset: &Ruleset) {
        self.answers = vec![0; ruleset.tests.len()];
        let is_asked = !ruleset.dependencies.is_empty();
        self.outcomes = vec![(0, 0); if is_asked { ruleset.flags.len() } else { 0 }];
        self.era = 1;
    }

    /// Returns whether a test held, where it was put.
    #[inline(always)]
    pub(super) fn answer(&self, id: TestId) -> Option<bool> {
        let answer = self.answers.get(id.index()).copied().unwrap_or(0);
        (answer >> 1 == self.era).then_some(answer & 1 == 1)
    }

    #[inline(always)]
    pub(super) fn note(&mut self, id: TestId, held: bool) {
        if let Some(answer) = self.answers.get_mut(id.index()) {
            *answer = self.era << 1 | u32::from(held);
        }
    }

    /// Returns a text in lower case; what is no text is absent.
    pub(super) fn fold(&mut self, text: &[u8]) -> Attribute<'_> {
        if fold(text, &mut self.lowered) {
            Attribute::Text(self.lowered.as_bytes())
        } else {
            Attribute::Absent
        }
    }

    /// Returns what a flag gave, where it was evaluated because another depends on it.
    pub(crate) fn outcome(&self, id: FlagId) -> Option<Packed> {
        let (era, packed) = self.outcomes.get(id.index()).copied()?;
        (era == self.era).then_some(Packed(packed))
    }

    pub(super) fn keep(&mut self, id: FlagId, outcome: Outcome) {
        if let Some(kept) = self.outcomes.get_mut(id.index()) {
            *kept = (self.era, outcome.pack());
        }
    }

    /// Lends the room for flags that wait, so that it is made once.
    pub(super) fn take_pending(&mut self) -> Vec<FlagId> {
        core::mem::take(&mut self.pending)
    }

    pub(super) fn give_pending(&mut self, pending: Vec<FlagId>) {
        self.pending = pending;
    }
}

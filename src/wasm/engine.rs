//! A snapshot and contexts behind one handle, through which only numbers go: whatever else a host needs, it reads and writes
//! in memory. Texts cross once, when they are first asked for; an evaluation gives integers.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::take;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::Context;
use crate::evaluate::{Evaluation, Memo};
use crate::id::FlagId;
use crate::ruleset::{Flag, Ruleset};
use crate::trace::{Outcome, Reason};

/// Stands for what is not there.
const NONE: u32 = u32::MAX;
/// Stands for no outcome: the flag has to be evaluated.
const UNSETTLED: u32 = u32::MAX;
/// The same, and the outcome depends on the instant.
const TIMED: u32 = u32::MAX - 1;
/// Stands for the variant where there is an error.
const NO_VARIANT: u16 = u16::MAX;

/// A snapshot, and contexts that flags are evaluated for. Nothing but numbers goes through its methods.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    /// What the host writes before it calls: a snapshot, or a key.
    input: Vec<u8>,
    /// The host loads them again after a trap: an instance that trapped answers nothing, but can still be looked into.
    snapshot: Vec<u8>,
    ruleset: Option<Ruleset>,
    /// The first one is always there.
    subjects: Vec<Subject>,
    /// Which of them nobody uses.
    spare: Vec<u32>,
    outcomes: Vec<u32>,
    indices: Vec<u16>,
    /// The last text that was asked for, or why the snapshot was refused.
    text: String,
}

/// One subject's attributes, in memory that JavaScript writes to.
#[derive(Default)]
struct Subject {
    context: Context,
    memo: Memo,
}

#[wasm_bindgen]
impl Engine {
    /// Makes an engine without a snapshot, and with room for one subject.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self {
            subjects: vec![Subject::default()],
            ..Self::default()
        }
    }

    /// Returns the address of a buffer of `length` bytes, for what the next call is about.
    pub fn input(&mut self, length: usize) -> *const u8 {
        self.input = vec![0; length];
        self.input.as_ptr()
    }

    /// Loads the snapshot that was written, and returns false where it is none that this version can evaluate.
    pub fn load(&mut self) -> bool {
        self.snapshot = take(&mut self.input);
        match Ruleset::load(&self.snapshot) {
            Ok(ruleset) => self.ruleset = Some(ruleset),
            Err(error) => self.text = error.message(),
        }
        self.ruleset.is_some()
    }

    /// Returns the address of the snapshot's bytes.
    #[must_use]
    pub fn snapshot(&self) -> *const u8 {
        self.snapshot.as_ptr()
    }

    /// Returns the number of one more subject.
    pub fn subject(&mut self) -> u32 {
        self.spare.pop().unwrap_or_else(|| {
            self.subjects.push(Subject::default());
            u32::try_from(self.subjects.len() - 1).unwrap_or(NONE)
        })
    }

    /// Returns the address of a buffer of `length` bytes for a subject's attributes, of which nothing is known then.
    pub fn reserve(&mut self, subject: u32, length: usize) -> *const u8 {
        let Some(subject) = self.subjects.get_mut(subject as usize) else {
            return core::ptr::null();
        };
        subject.memo.forget();
        subject.context.reserve(length)
    }

    /// Gives a subject's memory back.
    pub fn release(&mut self, subject: u32) {
        if let Some(used) = self.subjects.get_mut(subject as usize) {
            *used = Subject::default();
            self.spare.push(subject);
        }
    }

    /// Evaluates one flag, and returns the packed outcome.
    ///
    /// `changed` says that attributes were written since the last evaluation of this subject.
    pub fn evaluate(&mut self, subject: u32, flag: u32, now: f64, changed: bool) -> u32 {
        let Some((ruleset, subject)) = self.ruleset.as_ref().zip(self.subjects.get_mut(subject as usize))
        else {
            return NONE;
        };
        subject
            .evaluation(ruleset, now, changed, &mut ())
            .flag(FlagId(flag))
            .pack()
    }

    /// Evaluates every flag, and returns the address of the packed outcomes.
    #[wasm_bindgen(js_name = evaluateAll)]
    pub fn evaluate_all(&mut self, subject: u32, now: f64, changed: bool) -> *const u32 {
        self.outcomes.clear();
        if let Some((ruleset, subject)) = self.ruleset.as_ref().zip(self.subjects.get_mut(subject as usize)) {
            let mut silence = ();
            let mut evaluation = subject.evaluation(ruleset, now, changed, &mut silence);
            self.outcomes
                .extend(flags(ruleset).map(|flag| evaluation.flag(flag).pack()));
        }
        self.outcomes.as_ptr()
    }

    /// Evaluates every flag, and returns the address of the variants, in 16 bits each.
    pub fn indices(&mut self, subject: u32, now: f64, changed: bool) -> *const u16 {
        self.indices.clear();
        if let Some((ruleset, subject)) = self.ruleset.as_ref().zip(self.subjects.get_mut(subject as usize)) {
            let mut silence = ();
            let mut evaluation = subject.evaluation(ruleset, now, changed, &mut silence);
            self.indices
                .extend(flags(ruleset).map(|flag| variant(evaluation.flag(flag))));
        }
        self.indices.as_ptr()
    }

    /// Returns the index of the flag of the key that was written, or all bits set.
    #[must_use]
    pub fn find(&self) -> u32 {
        let key = core::str::from_utf8(&self.input).ok();
        let found = key
            .zip(self.ruleset.as_ref())
            .and_then(|(key, ruleset)| ruleset.find(key));
        found.map_or(NONE, |flag| flag.0)
    }

    /// Returns the outcome that a flag has whatever the context, or what stands for none.
    #[must_use]
    pub fn settled(&self, flag: u32) -> u32 {
        let Some((ruleset, flag)) = self.flag(flag) else {
            return NONE;
        };
        let open = if ruleset.is_timed(flag) { TIMED } else { UNSETTLED };
        ruleset.settled(flag).map_or(open, Outcome::pack)
    }

    /// Returns one number. Which one `part` says, by the codes in this module.
    // Publishing refuses a revision that a double does not hold, and there is no room for more of all else.
    #[allow(clippy::cast_precision_loss)]
    #[must_use]
    pub fn number(&self, part: u32, at: u32) -> f64 {
        let Some(ruleset) = &self.ruleset else {
            return 0.0;
        };
        match part {
            number::REVISION => ruleset.revision() as f64,
            number::FLAGS => ruleset.flags.len() as f64,
            number::ATTRIBUTES => ruleset.attributes.len() as f64,
            number::PARENT => {
                let attribute = ruleset.attributes.get(at as usize);
                let parent = attribute.and_then(|attribute| attribute.parent);
                parent.map_or(0.0, |list| f64::from(list.0) + 1.0)
            }
            number::VARIANTS => self.flag(at).map_or(0.0, |(_, flag)| f64::from(flag.variants)),
            number::STABILITY => self
                .flag(at)
                .map_or(0.0, |(_, flag)| f64::from(flag.stability as u8)),
            _ => 0.0,
        }
    }

    /// Returns the address of one text. Which one `part` says, by the codes in this module.
    pub fn text(&mut self, part: u32, flag: u32, at: u32) -> *const u8 {
        self.text = match part {
            text::KEYS => self.keys(),
            text::FAULT => take(&mut self.text),
            _ => self.part(part, flag, at as usize).unwrap_or_default(),
        };
        self.text.as_ptr()
    }

    /// Returns how many bytes the last text has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }
}

/// What numbers there are.
mod number {
    /// The revision.
    pub(super) const REVISION: u32 = 0;
    /// How many flags there are.
    pub(super) const FLAGS: u32 = 1;
    /// How many attributes the rules read.
    pub(super) const ATTRIBUTES: u32 = 2;
    /// Of which attribute's elements one is read, as its index plus one, or 0 for the context itself.
    pub(super) const PARENT: u32 = 3;
    /// How many variants a flag has.
    pub(super) const VARIANTS: u32 = 4;
    /// How long clients keep what a flag gave: 0 as long as the page lives, 1 not at all, 2 as long as the session.
    pub(super) const STABILITY: u32 = 5;
}

/// What texts there are.
mod text {
    /// The name of the environment.
    pub(super) const ENVIRONMENT: u32 = 0;
    /// The path of an attribute.
    pub(super) const ATTRIBUTE: u32 = 1;
    /// The keys of all flags, one a line.
    pub(super) const KEYS: u32 = 2;
    /// The name of a flag's variant.
    pub(super) const VARIANT: u32 = 3;
    /// Its value, as JSON.
    pub(super) const VALUE: u32 = 4;
    /// The id of a flag's rule.
    pub(super) const RULE: u32 = 5;
    /// Why the snapshot was refused.
    pub(super) const FAULT: u32 = 6;
}

impl Engine {
    fn flag(&self, flag: u32) -> Option<(&Ruleset, &Flag)> {
        let ruleset = self.ruleset.as_ref()?;
        Some((ruleset, ruleset.flag(FlagId(flag))?))
    }

    fn keys(&self) -> String {
        let mut keys = String::new();
        for (ruleset, flag) in (0..).map_while(|flag| self.flag(flag)) {
            keys.push_str(ruleset.text(flag.key));
            keys.push('\n');
        }
        keys
    }

    fn part(&self, part: u32, flag: u32, at: usize) -> Option<String> {
        let ruleset = self.ruleset.as_ref()?;
        let flag = ruleset.flag(FlagId(flag));
        let text = match part {
            text::ENVIRONMENT => ruleset.environment,
            text::ATTRIBUTE => ruleset.attributes.get(at)?.path,
            text::VARIANT => ruleset.variants(flag?).get(at)?.name,
            text::VALUE => ruleset.variants(flag?).get(at)?.value,
            text::RULE => ruleset.rules(flag?).get(at)?.id,
            _ => return None,
        };
        Some(ruleset.text(text).into())
    }
}

impl Subject {
    #[inline(always)]
    fn evaluation<'a>(
        &'a mut self,
        ruleset: &'a Ruleset,
        now: f64,
        changed: bool,
        silence: &'a mut (),
    ) -> Evaluation<'a, ()> {
        if changed {
            self.memo.forget();
        }
        Evaluation::new(ruleset, &self.context, &mut self.memo, now, silence)
    }
}

fn flags(ruleset: &Ruleset) -> impl Iterator<Item = FlagId> {
    (0..).map(FlagId).take(ruleset.flags.len())
}

/// An error has none.
fn variant(outcome: Outcome) -> u16 {
    if outcome.reason == Reason::Error {
        return NO_VARIANT;
    }
    u16::try_from(outcome.variant.0).unwrap_or(NO_VARIANT)
}

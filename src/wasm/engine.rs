//! Snapshots and contexts as handles. Texts cross once, when they are first asked for; an evaluation gives integers.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::Context;
use crate::evaluate::{Evaluation, Memo};
use crate::id::{FlagId, TextId};
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

/// A loaded snapshot.
#[wasm_bindgen]
pub struct Engine {
    ruleset: Ruleset,
    /// The host loads them again after a trap: an instance that trapped answers nothing, but can still be looked into.
    snapshot: Vec<u8>,
    outcomes: Vec<u32>,
    indices: Vec<u16>,
}

/// One subject's attributes, in memory that JavaScript writes to.
#[wasm_bindgen]
pub struct Subject {
    context: Context,
    memo: Memo,
}

#[wasm_bindgen]
impl Subject {
    /// Makes room for attributes.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    #[must_use]
    pub fn new() -> Self {
        Self {
            context: Context::default(),
            memo: Memo::default(),
        }
    }

    /// Returns the address of a buffer of `length` bytes for attributes.
    #[must_use]
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.context.reserve(length)
    }
}

#[wasm_bindgen]
impl Engine {
    /// Loads a snapshot.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot that this version can evaluate.
    #[wasm_bindgen(constructor)]
    pub fn new(snapshot: Vec<u8>) -> Result<Self, JsError> {
        match Ruleset::load(&snapshot) {
            Ok(ruleset) => Ok(Self {
                ruleset,
                snapshot,
                outcomes: Vec::new(),
                indices: Vec::new(),
            }),
            Err(error) => Err(JsError::new(&error.message())),
        }
    }

    /// Returns the address of the snapshot's bytes.
    #[must_use]
    pub fn snapshot(&self) -> *const u8 {
        self.snapshot.as_ptr()
    }

    /// Evaluates one flag, and returns the packed outcome.
    ///
    /// `changed` says that attributes were written since the last evaluation of this subject.
    pub fn evaluate(&self, subject: &mut Subject, flag: u32, now: f64, changed: bool) -> u32 {
        subject
            .evaluation(&self.ruleset, now, changed, &mut ())
            .flag(FlagId(flag))
            .pack()
    }

    /// Evaluates every flag, and returns the address of the packed outcomes.
    #[wasm_bindgen(js_name = evaluateAll)]
    pub fn evaluate_all(&mut self, subject: &mut Subject, now: f64, changed: bool) -> *const u32 {
        let mut silence = ();
        let mut evaluation = subject.evaluation(&self.ruleset, now, changed, &mut silence);
        self.outcomes.clear();
        self.outcomes
            .extend(flags(&self.ruleset).map(|flag| evaluation.flag(flag).pack()));
        self.outcomes.as_ptr()
    }

    /// Evaluates every flag, and returns the address of the variants, in 16 bits each.
    pub fn indices(&mut self, subject: &mut Subject, now: f64, changed: bool) -> *const u16 {
        let mut silence = ();
        let mut evaluation = subject.evaluation(&self.ruleset, now, changed, &mut silence);
        self.indices.clear();
        self.indices
            .extend(flags(&self.ruleset).map(|flag| variant(evaluation.flag(flag))));
        self.indices.as_ptr()
    }

    /// Returns the index of the flag of a key, or all bits set.
    #[must_use]
    pub fn find(&self, key: &[u8]) -> u32 {
        let key = core::str::from_utf8(key).ok();
        key.and_then(|key| self.ruleset.find(key))
            .map_or(NONE, |flag| flag.0)
    }

    /// Returns the outcome that a flag has whatever the context, or what stands for none.
    #[must_use]
    pub fn settled(&self, flag: u32) -> u32 {
        let Some(flag) = self.ruleset.flag(FlagId(flag)) else {
            return NONE;
        };
        let open = if self.ruleset.is_timed(flag) {
            TIMED
        } else {
            UNSETTLED
        };
        self.ruleset.settled(flag).map_or(open, Outcome::pack)
    }

    /// Returns how many flags there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.ruleset.flags.len()
    }

    /// Returns how many variants a flag has.
    #[must_use]
    pub fn variants(&self, flag: u32) -> u32 {
        self.ruleset
            .flag(FlagId(flag))
            .map_or(0, |flag| flag.variants.into())
    }

    /// Returns the revision.
    // Publishing refuses a revision that a double does not hold.
    #[allow(clippy::cast_precision_loss)]
    #[must_use]
    pub fn revision(&self) -> f64 {
        self.ruleset.revision() as f64
    }

    /// Returns how many attributes the rules read.
    #[must_use]
    pub fn attributes(&self) -> usize {
        self.ruleset.attributes.len()
    }

    /// Returns of which attribute's elements one is read, as its index plus one, or 0 for the context itself.
    #[must_use]
    pub fn parent(&self, attribute: u32) -> u32 {
        let attribute = self.ruleset.attributes.get(attribute as usize);
        let parent = attribute.and_then(|attribute| attribute.parent);
        parent.map_or(0, |list| list.0 + 1)
    }

    /// Returns one text. Which one `part` says, by the codes in this module.
    #[must_use]
    pub fn text(&self, part: u32, flag: u32, at: u32) -> String {
        if part == part::KEYS {
            return self.keys();
        }
        let ruleset = &self.ruleset;
        self.part(part, ruleset.flag(FlagId(flag)), at as usize)
            .map_or_else(String::new, |text| ruleset.text(text).to_owned())
    }
}

/// What texts there are.
mod part {
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
}

impl Engine {
    fn keys(&self) -> String {
        let mut keys = String::new();
        for flag in &self.ruleset.flags {
            // No key of a definition has lines; in a damaged one they are no ends.
            keys.extend(self.ruleset.text(flag.key).chars().map(|char| match char {
                '\n' => ' ',
                char => char,
            }));
            keys.push('\n');
        }
        keys
    }

    fn part(&self, part: u32, flag: Option<&Flag>, at: usize) -> Option<TextId> {
        let ruleset = &self.ruleset;
        match part {
            part::ENVIRONMENT => Some(ruleset.environment),
            part::ATTRIBUTE => Some(ruleset.attributes.get(at)?.path),
            part::VARIANT => Some(ruleset.variants(flag?).get(at)?.name),
            part::VALUE => Some(ruleset.variants(flag?).get(at)?.value),
            part::RULE => Some(ruleset.rules(flag?).get(at)?.id),
            _ => None,
        }
    }
}

impl Subject {
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

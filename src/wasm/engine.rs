//! Snapshots and contexts as handles. Strings cross once, when a snapshot is loaded; after that, integers do.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::context::Context;
use crate::evaluate::{Evaluation, Memo};
use crate::id::FlagId;
use crate::ruleset::{Flag, Ruleset};
use crate::trace::Outcome;

/// Stands for no outcome: the flag has to be evaluated.
const UNSETTLED: u32 = u32::MAX;
/// Stands beside a type: the outcome depends on the instant.
const TIMED: u32 = 0x100;

/// A loaded snapshot.
#[wasm_bindgen]
pub struct Engine(Ruleset);

/// One subject's attributes, in memory that JavaScript writes to.
#[wasm_bindgen]
pub struct Subject {
    context: Context,
    memo: Memo,
    outcomes: Vec<u32>,
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
            outcomes: Vec::new(),
        }
    }

    /// Returns the address of a buffer of `length` bytes for attributes.
    #[must_use]
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.context.reserve(length)
    }

    /// Forgets what was asked of the attributes: others were written.
    pub fn forget(&mut self) {
        self.memo.forget();
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
    pub fn new(snapshot: &[u8]) -> Result<Self, JsError> {
        match Ruleset::load(snapshot) {
            Ok(ruleset) => Ok(Self(ruleset)),
            Err(error) => Err(JsError::new(&error.message())),
        }
    }

    /// Evaluates one flag, and returns the packed outcome.
    pub fn evaluate(&self, subject: &mut Subject, flag: u32, now: f64) -> u32 {
        let Subject { context, memo, .. } = subject;
        Evaluation::new(&self.0, context, memo, now, &mut ())
            .flag(FlagId(flag))
            .pack()
    }

    /// The same after attributes were written at the same address.
    #[wasm_bindgen(js_name = evaluateAnew)]
    pub fn evaluate_anew(&self, subject: &mut Subject, flag: u32, now: f64) -> u32 {
        subject.memo.forget();
        self.evaluate(subject, flag, now)
    }

    /// Evaluates every flag, and returns the address of the packed outcomes.
    #[wasm_bindgen(js_name = evaluateAll)]
    pub fn evaluate_all(&self, subject: &mut Subject, now: f64) -> *const u32 {
        let Subject {
            context,
            memo,
            outcomes,
        } = subject;
        let mut silence = ();
        let mut evaluation = Evaluation::new(&self.0, context, memo, now, &mut silence);
        outcomes.clear();
        let flags = (0..).map(FlagId).take(self.0.flags.len());
        outcomes.extend(flags.map(|flag| evaluation.flag(flag).pack()));
        outcomes.as_ptr()
    }

    /// Returns the revision.
    // Publishing refuses a revision that a double does not hold.
    #[allow(clippy::cast_precision_loss)]
    #[must_use]
    pub fn revision(&self) -> f64 {
        self.0.revision() as f64
    }

    /// Returns the name of the environment.
    #[must_use]
    pub fn environment(&self) -> String {
        self.0.environment().to_owned()
    }

    /// Returns all strings, one after another.
    #[must_use]
    pub fn texts(&self) -> String {
        self.0.operands.texts.all().to_owned()
    }

    /// Returns where each string ends, in UTF-16 units.
    #[wasm_bindgen(js_name = textEnds)]
    #[must_use]
    pub fn text_ends(&self) -> Vec<u32> {
        self.0.operands.texts.utf16_ends()
    }

    /// Returns the string of each attribute's path.
    #[must_use]
    pub fn attributes(&self) -> Vec<u32> {
        self.0
            .attributes
            .iter()
            .map(|attribute| attribute.path.0)
            .collect()
    }

    /// Returns five words a flag: key, type, first variant, first rule, and the outcome that always holds or all bits set.
    ///
    /// The type has another bit when a rule of the flag holds at some times only.
    #[must_use]
    pub fn flags(&self) -> Vec<u32> {
        let ruleset = &self.0;
        let row = |flag: &Flag| {
            let settled = ruleset.settled(flag).map_or(UNSETTLED, Outcome::pack);
            let kind = flag.kind as u32 | if ruleset.is_timed(flag) { TIMED } else { 0 };
            [flag.key.0, kind, flag.first_variant, flag.first_rule, settled]
        };
        ruleset.flags.iter().flat_map(row).collect()
    }

    /// Returns two words a variant: name and value.
    #[must_use]
    pub fn variants(&self) -> Vec<u32> {
        let row = |variant: &crate::ruleset::Variant| [variant.name.0, variant.value.0];
        self.0.variants.iter().flat_map(row).collect()
    }

    /// Returns the string of each rule's id.
    #[must_use]
    pub fn rules(&self) -> Vec<u32> {
        self.0.rules.iter().map(|rule| rule.id.0).collect()
    }
}

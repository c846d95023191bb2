//! The work of `benches/work.mjs`, as `npm run bench` writes it to `target/bench`.

use std::error::Error;
use std::fs;

use fader::Ruleset;
use fader::context::Context;
use fader::evaluate::{Evaluation, Memo};
use fader::id::FlagId;
use fader::json::Json;
use fader::subject::context;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench");
/// An instant; no rule of the work asks for it.
const NOW: f64 = 1_795_262_400_000.0;

/// One ruleset, and subjects that take turns.
pub(crate) struct Work {
    ruleset: Ruleset,
    subjects: Vec<(Context, Memo)>,
    turn: usize,
}

impl Work {
    /// Reads what was written for one of the works.
    ///
    /// # Errors
    ///
    /// There is nothing yet: `npm run bench -- --only native` writes it.
    pub(crate) fn read(name: &str) -> Result<Self, Box<dyn Error>> {
        let ruleset = Ruleset::load(&fs::read(format!("{FOLDER}/{name}.snapshot"))?)?;
        let mut subjects = Vec::new();
        for line in fs::read_to_string(format!("{FOLDER}/visitors.jsonl"))?.lines() {
            let context = context(&ruleset, &Json::parse(line)?).map_err(|fault| fault.to_string())?;
            subjects.push((context, Memo::default()));
        }
        Ok(Self {
            ruleset,
            subjects,
            turn: 0,
        })
    }

    /// Evaluates the first flag for the next subject, about whom nothing is known yet.
    pub(crate) fn one(&mut self) -> u32 {
        self.turn = (self.turn + 1) % self.subjects.len();
        let (context, memo) = &mut self.subjects[self.turn];
        memo.forget();
        Evaluation::new(&self.ruleset, context, memo, NOW, &mut ())
            .flag(FlagId(0))
            .pack()
    }

    /// Evaluates all flags for the next subject, and gives back the packed outcomes.
    pub(crate) fn all(&mut self, outcomes: &mut Vec<u32>) {
        self.turn = (self.turn + 1) % self.subjects.len();
        let (context, memo) = &mut self.subjects[self.turn];
        memo.forget();
        let mut silence = ();
        let mut evaluation = Evaluation::new(&self.ruleset, context, memo, NOW, &mut silence);
        outcomes.clear();
        let flags = (0..).map(FlagId).take(self.ruleset.flags().len());
        outcomes.extend(flags.map(|flag| evaluation.flag(flag).pack()));
    }
}

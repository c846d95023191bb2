//! What is wrong with a definition that is right: rules that nobody reaches, flags that are done, draws that correlate.
//!
//! What is said is sure: where it cannot be told without a context, nothing is said.

mod audience;
mod facts;
mod layers;
mod lifecycle;
mod logic;
mod personal;
mod reach;
mod requirements;
mod rules;
mod salts;
mod segments;
mod usage;
mod variants;
mod weights;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::definition::Definition;
use crate::read::place::Step;
use crate::words::place;
use facts::Facts;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// Something does not do what it seems to.
    Warning,
    /// Something may be meant so.
    Info,
}

/// Something that was found in a definition: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which kind it is, such as `unreachable`.
    pub code: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Such as `flags.checkout.rules[2]`.
    pub path: String,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub mend: String,
    /// The flag or segment that it is about.
    #[serde(skip)]
    group: String,
}

/// Collects what is found.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn warn(&mut self, code: &'static str, steps: &[Step<'_>], message: impl Into<String>, mend: &str) {
        self.add(Level::Warning, code, steps, message.into(), mend);
    }

    fn inform(&mut self, code: &'static str, steps: &[Step<'_>], message: impl Into<String>, mend: &str) {
        self.add(Level::Info, code, steps, message.into(), mend);
    }

    fn add(&mut self, level: Level, code: &'static str, steps: &[Step<'_>], message: String, mend: &str) {
        self.0.push(Finding {
            code,
            level,
            path: place(steps),
            message,
            mend: mend.to_owned(),
            group: place(steps.get(..2).unwrap_or(steps)),
        });
    }
}

type Analysis = fn(&Facts<'_>, &mut Findings);

const ANALYSES: &[Analysis] = &[
    segments::overlaps,
    audience::never_holds,
    audience::is_over,
    reach::unreachable,
    rules::without_effect,
    weights::weights,
    layers::overlaps,
    salts::correlate,
    requirements::unmet,
    variants::never_given,
    lifecycle::settled,
    lifecycle::finished,
    personal::addresses,
    usage::unused,
    usage::unread,
];

/// Returns what is found in a definition at an instant. Parts that were refused are left out.
///
/// `read` holds the keys of the flags that programs were seen to read, where somebody looked.
#[must_use]
pub fn check(definition: &Definition, now: f64, read: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let facts = Facts::new(definition, now, read);
    let mut findings = Findings::default();
    for analysis in ANALYSES {
        analysis(&facts, &mut findings);
    }
    // What is found about one thing stands together; the sort keeps the order in it.
    findings.0.sort_by(|left, right| left.group.cmp(&right.group));
    findings.0
}

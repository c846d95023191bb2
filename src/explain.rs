//! How an outcome came about, in words: the same evaluation, with a trace that records.

pub mod words;

use serde::Serialize;

use crate::bucket::POINTS;
use crate::context::Context;
use crate::evaluate::{Evaluation, Memo};
use crate::id::{FlagId, RuleId};
use crate::json::Json;
use crate::read::instant;
use crate::ruleset::{Flag, Ruleset, State};
use crate::trace::{Event, Miss, Outcome, Reason};

/// An outcome and how it came about.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// What was asked, in order.
    pub steps: Vec<Step>,
}

/// An outcome with names instead of indices.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The flag's key.
    pub flag: String,
    /// The value; null where there is none.
    pub value: Json,
    /// The variant's name.
    pub variant: Option<String>,
    /// Why it was given.
    pub reason: &'static str,
    /// The id of the rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// One step of an evaluation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    /// What kind of step it is: flag, state, override, rule or otherwise.
    pub step: &'static str,
    /// The id of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether the outcome came from here.
    pub decided: bool,
    /// Why, or why not.
    pub because: String,
    /// The conditions that were put.
    pub tests: Vec<Test>,
}

/// One condition that was put to the context.
#[derive(Clone, Debug, Serialize)]
pub struct Test {
    /// The condition in words.
    pub asked: String,
    /// Whether it held.
    pub held: bool,
    /// What the context had.
    pub because: String,
}

impl Answer {
    /// Names what an outcome refers to.
    #[must_use]
    pub fn new(ruleset: &Ruleset, flag: &Flag, outcome: Outcome) -> Self {
        let key = ruleset.text(flag.key);
        let variant = ruleset.variants(flag).get(outcome.variant.index());
        let value = variant.and_then(|variant| Json::parse(ruleset.text(variant.value)).ok());
        match (outcome.reason, variant, value) {
            (Reason::Error, ..) | (_, None, _) | (_, _, None) => {
                let message = "this version of fader cannot understand the flag; validate the definition, or update fader";
                Self::error(key, "PARSE_ERROR", message)
            }
            (reason, Some(variant), Some(value)) => Self {
                flag: key.to_owned(),
                value,
                variant: Some(ruleset.text(variant.name).to_owned()),
                reason: reason.name(),
                rule: outcome
                    .rule
                    .and_then(|rule| ruleset.rule(flag, rule))
                    .map(|rule| ruleset.text(rule.id).to_owned()),
                error_code: None,
                error_message: None,
            },
        }
    }

    /// Says that there is no answer.
    #[must_use]
    pub fn error(flag: &str, code: &'static str, message: &str) -> Self {
        Self {
            flag: flag.to_owned(),
            value: Json::Null,
            variant: None,
            reason: Reason::Error.name(),
            rule: None,
            error_code: Some(code),
            error_message: Some(message.to_owned()),
        }
    }

    /// Says that there is no such flag.
    #[must_use]
    pub fn not_found(flag: &str) -> Self {
        Self::error(
            flag,
            "FLAG_NOT_FOUND",
            &format!("there is no flag `{flag}` in this snapshot"),
        )
    }
}

/// Evaluates a flag and says how the outcome came about.
#[must_use]
pub fn explain(ruleset: &Ruleset, id: FlagId, context: &Context, now: f64) -> Explanation {
    let mut memo = Memo::default();
    let mut events = Vec::new();
    let outcome = Evaluation::new(ruleset, context, &mut memo, now, &mut events).flag(id);
    let Some(flag) = ruleset.flag(id) else {
        return Explanation {
            answer: Answer::not_found(""),
            steps: Vec::new(),
        };
    };
    let mut teller = Teller {
        ruleset,
        flag,
        context,
        outcome,
        steps: Vec::new(),
    };
    teller.before_rules();
    for event in &events {
        teller.event(*event);
    }
    teller.after_rules();
    Explanation {
        answer: Answer::new(ruleset, flag, outcome),
        steps: teller.steps,
    }
}

struct Teller<'a> {
    ruleset: &'a Ruleset,
    flag: &'a Flag,
    context: &'a Context,
    outcome: Outcome,
    steps: Vec<Step>,
}

impl Teller<'_> {
    fn step(&mut self, step: &'static str, decided: bool, because: impl Into<String>) {
        self.steps.push(Step {
            step,
            decided,
            because: because.into(),
            ..Step::default()
        });
    }

    fn before_rules(&mut self) {
        if self.flag.refused {
            return self.step("flag", true, "this version of fader cannot understand the flag");
        }
        if self.flag.state == State::Killed {
            return self.step(
                "state",
                true,
                "the flag is killed, so everybody gets the safe variant",
            );
        }
        if self.flag.overrides.length > 0 {
            self.override_step();
        }
        if self.flag.state == State::Off && self.outcome.reason == Reason::Disabled {
            self.step(
                "state",
                true,
                "the flag is off, so everybody gets the safe variant",
            );
        }
    }

    fn override_step(&mut self) {
        let path = words::attribute(self.ruleset, self.flag.unit);
        let had = words::had(self.context.get(self.flag.unit));
        let is_overridden = self.outcome.reason == Reason::TargetingMatch && self.outcome.rule.is_none();
        if is_overridden {
            self.step(
                "override",
                true,
                format!("the unit `{path}` is overridden: {had}"),
            );
        } else {
            self.step(
                "override",
                false,
                format!("the unit `{path}` is not overridden: {had}"),
            );
        }
    }

    fn event(&mut self, event: Event) {
        if let Event::Rule(rule) = event {
            return self.rule(rule);
        }
        let test = |test, held| Test {
            asked: words::test(self.ruleset, test),
            held,
            because: words::because(self.ruleset, self.context, test),
        };
        let unit = || words::had(self.context.get(self.flag.unit));
        let path = words::attribute(self.ruleset, self.flag.unit);
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        match event {
            // The rule began the step, and what was drawn for traffic has said what came of it.
            Event::Rule(_) | Event::Declined(Miss::Traffic) => {}
            Event::Test(id, held) => step.tests.push(test(id, held)),
            Event::Traffic(point, bound) => step.because = words::traffic(point, bound),
            Event::Split(point) => {
                let so_far = std::mem::take(&mut step.because);
                step.because = format!("{so_far}; in the split the unit falls on point {point} of {POINTS}");
            }
            Event::Declined(Miss::NotYet(from)) => {
                step.because = format!("it holds from {}", instant::format(from));
            }
            Event::Declined(Miss::Over(until)) => {
                step.because = format!("it held until {}", instant::format(until));
            }
            Event::Declined(Miss::Audience) => {
                "the audience does not admit the context".clone_into(&mut step.because);
            }
            Event::Declined(Miss::UnitAbsent) => {
                step.because = format!("the unit `{path}` is no string or whole number: {}", unit());
            }
        }
    }

    fn rule(&mut self, rule: RuleId) {
        let id = self.ruleset.rule(self.flag, rule).map(|rule| rule.id);
        let decided = self.outcome.rule == Some(rule);
        let because = if decided {
            "the audience admits the context"
        } else {
            ""
        };
        self.steps.push(Step {
            step: "rule",
            rule: id.map(|id| self.ruleset.text(id).to_owned()),
            decided,
            because: because.to_owned(),
            tests: Vec::new(),
        });
    }

    fn after_rules(&mut self) {
        match self.outcome.reason {
            Reason::Static => self.step("otherwise", true, "the flag has no rules"),
            Reason::Default => self.step("otherwise", true, "no rule decided"),
            _ => {}
        }
    }
}

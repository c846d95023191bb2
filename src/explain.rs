//! How an outcome came about, in words: the same evaluation, with a trace that records.

mod check;
pub mod words;

use serde::Serialize;

use crate::bucket::POINTS;
use crate::context::Context;
use crate::evaluate::{Evaluation, Memo};
use crate::id::{FlagId, RuleId, TestId};
use crate::instant;
use crate::json::Json;
use crate::ruleset::{Flag, Ruleset, Stability, State};
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
    /// On which side of the flag's ramp the unit stands, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arm: Option<&'static str>,
    /// Whether the host should keep the assignment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sticky: bool,
    /// How long clients keep the value, where it is not as long as the page lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stability: Option<&'static str>,
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
    /// What kind of step it is: flag, state, override, requirement, holdout, sticky, rule or otherwise.
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
                arm: Some(outcome.arm.name()).filter(|arm| !arm.is_empty()),
                sticky: outcome.keep,
                stability: Some(flag.stability)
                    .filter(|stability| *stability != Stability::Page)
                    .map(Stability::name),
                ..Self::default()
            },
        }
    }

    /// Says that there is no answer.
    #[must_use]
    pub fn error(flag: &str, code: &'static str, message: &str) -> Self {
        Self {
            flag: flag.to_owned(),
            reason: Reason::Error.name(),
            error_code: Some(code),
            error_message: Some(message.to_owned()),
            ..Self::default()
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
    // Once in silence, for the flags that this one depends on; then what it asks itself is heard.
    Evaluation::new(ruleset, context, &mut memo, now, &mut ()).flag(id);
    memo.forget_tests();
    let outcome = Evaluation::new(ruleset, context, &mut memo, now, &mut events).flag(id);
    let Some(flag) = ruleset.flag(id) else {
        return Explanation {
            answer: Answer::not_found(""),
            steps: Vec::new(),
        };
    };
    let mut teller = Teller {
        ruleset,
        memo: &memo,
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
    memo: &'a Memo,
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
        if self.flag.is_refused {
            return self.step("flag", true, "this version of fader cannot understand the flag");
        }
        if self.flag.state == State::Killed {
            return self.step(
                "state",
                true,
                "the flag is killed, so everybody gets the safe variant",
            );
        }
        if self.ruleset.extra(self.flag).overrides.length > 0 {
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
        let path = words::unit(self.ruleset, self.flag.unit);
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
        match event {
            Event::Flag(_) => {}
            Event::Requirements => self.step("requirement", false, "all that the flag requires is given"),
            Event::Holdout => self.step("holdout", false, "the holdout does not keep the unit out"),
            Event::Assignment(true) => self.step("sticky", true, "the context brings an earlier assignment"),
            Event::Assignment(false) => self.step(
                "sticky",
                false,
                "the context brings an assignment to a variant that the flag does not have",
            ),
            Event::Rule(rule) => self.rule(rule),
            Event::Test(id, row, held) => self.test(id, row, held),
            Event::Stages | Event::Traffic(..) | Event::Split(_) | Event::Declined(_) => self.of_rule(event),
        }
    }

    fn test(&mut self, id: TestId, row: u32, held: bool) {
        let test = Test {
            asked: words::test(self.ruleset, id),
            held,
            because: words::because(self.ruleset, self.context, self.memo, id, row),
        };
        if let Some(step) = self.steps.last_mut() {
            step.tests.push(test);
        }
    }

    /// Tells what happened within a rule.
    fn of_rule(&mut self, event: Event) {
        let path = words::unit(self.ruleset, self.flag.unit);
        let had = words::had(self.context.get(self.flag.unit));
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        step.because = match event {
            Event::Stages => "the segment of a stage admits the context".to_owned(),
            Event::Traffic(point, percent) => words::traffic(point, percent),
            Event::Split(point) => {
                let so_far = std::mem::take(&mut step.because);
                format!("{so_far}; in the split the unit falls on point {point} of {POINTS}")
            }
            Event::Declined(Miss::NotYet(from)) => format!("it holds from {}", instant::format(from)),
            Event::Declined(Miss::Over(until)) => format!("it held until {}", instant::format(until)),
            Event::Declined(Miss::Audience) => "the audience does not admit the context".to_owned(),
            Event::Declined(Miss::UnitAbsent) => {
                format!("the unit `{path}` is no string or whole number: {had}")
            }
            // What was drawn for traffic has said what came of it.
            _ => return,
        };
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
        let Outcome { reason, rule, .. } = self.outcome;
        if let (None, Some(last)) = (rule, self.steps.last_mut()) {
            let unmet = last.tests.last().filter(|test| !test.held);
            match (last.step, reason, unmet) {
                ("requirement", Reason::Default, Some(unmet)) => {
                    last.because = format!("a requirement is not met: {}", unmet.asked);
                    last.decided = true;
                    return;
                }
                ("holdout", Reason::Split, _) => {
                    "the holdout keeps the unit out".clone_into(&mut last.because);
                    last.decided = true;
                    return;
                }
                _ => {}
            }
        }
        match reason {
            Reason::Static => self.step("otherwise", true, "the flag has no rules"),
            Reason::Default => self.step("otherwise", true, "no rule decided"),
            _ => {}
        }
    }
}

//! Audiences that can never hold, and rules whose time is over.

use super::Findings;
use super::facts::{Facts, Of};
use super::logic::{Clash, Logic};
use crate::definition::{Check, Condition, NOW, Span};
use crate::read::place::Step;
use crate::words;

const MEND: &str = "remove one of the two, or put them into `any`";

/// Rules and segments that ask for what cannot be at once.
pub(super) fn never_holds(facts: &Facts<'_>, findings: &mut Findings) {
    for (name, segment) in facts.segments() {
        let steps = [Step::Name("segments"), Step::Name(name), Step::Name("where")];
        contradictions(&facts.logic, segment.audience.as_ref(), &steps, findings);
    }
    for rule in facts.rules() {
        contradictions(&facts.logic, rule.audience(), &rule.field("where"), findings);
    }
}

fn contradictions(logic: &Logic<'_>, asked: Option<&Condition>, steps: &[Step<'_>], findings: &mut Findings) {
    let Some(asked) = asked else {
        return;
    };
    if let Some(clash) = logic.clash(asked) {
        let message = format!("the condition can never hold: {}", told(&clash));
        return findings.warn("never-holds", steps, message, MEND);
    }
    for alternative in alternatives(asked) {
        if let Some(clash) = logic.clash(alternative) {
            let message = format!("one of the alternatives can never hold: {}", told(&clash));
            findings.warn("never-holds", steps, message, MEND);
        }
    }
}

fn told(Clash(left, right): &Clash<'_>) -> String {
    let [left, right] = [left, right].map(|part| words::condition(part));
    format!("not both {left} and {right}")
}

/// Returns the alternatives of all disjunctions that have to hold.
fn alternatives(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(alternatives).collect(),
        Condition::Any(parts) => parts.iter().collect(),
        _ => Vec::new(),
    }
}

/// Rules that held once and will never hold again.
pub(super) fn is_over(facts: &Facts<'_>, findings: &mut Findings) {
    for rule in facts.rules() {
        let Some(end) = end(&rule).filter(|end| *end <= facts.now) else {
            continue;
        };
        let message = format!("the rule `{}` was over on {}", rule.rule.id, words::time(end));
        findings.warn(
            "over",
            &rule.steps(),
            message,
            "remove the rule, or give it another end",
        );
    }
}

/// Returns the instant after which a rule never holds, where there is one.
fn end(rule: &Of<'_>) -> Option<f64> {
    let asked = rule.audience().and_then(end_of);
    match (rule.rule.until, asked) {
        (Some(until), Some(end)) => Some(until.min(end)),
        (until, end) => until.or(end),
    }
}

fn end_of(condition: &Condition) -> Option<f64> {
    match condition {
        Condition::All(parts) => parts.iter().filter_map(end_of).reduce(f64::min),
        Condition::Any(parts) => parts
            .iter()
            .map(end_of)
            .reduce(|latest, end| latest.zip(end).map(|(latest, end)| latest.max(end)))
            .flatten(),
        Condition::Test {
            attribute,
            check: Check::Instant(Span::Before(end) | Span::Within(_, end)),
        } if attribute == NOW => Some(*end),
        _ => None,
    }
}

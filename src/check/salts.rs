//! Draws that are the same in several places, so that they meet the same people.

use std::collections::BTreeMap;

use super::Findings;
use super::facts::{ALL, Facts, Of};
use super::layers;
use crate::definition::{Choice, Item, Named};
use crate::read::place::Step;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Draw {
    Traffic,
    Split,
}

/// Rules of different flags that draw alike, and layers and holdouts that do.
pub(super) fn correlate(facts: &Facts<'_>, findings: &mut Findings) {
    let mut drawn: BTreeMap<(Draw, &str, &str), Vec<Of<'_>>> = BTreeMap::new();
    for rule in facts.rules() {
        for draw in draws(&rule) {
            let same = drawn.entry((draw, &rule.flag.unit, rule.salt())).or_default();
            if let Some(other) = same.iter().find(|other| meets(facts, &rule, other)) {
                tell(draw, &rule, other, findings);
            }
            same.push(rule);
        }
    }
    let definition = facts.definition;
    spaces(
        "layers",
        &definition.layers,
        |layer| (&layer.unit, &layer.salt),
        findings,
    );
    spaces(
        "holdouts",
        &definition.holdouts,
        |holdout| (&holdout.unit, &holdout.salt),
        findings,
    );
}

/// Returns the draws of a rule whose outcome is not settled.
fn draws(rule: &Of<'_>) -> Vec<Draw> {
    let mut draws = Vec::new();
    let is_partial = rule
        .rule
        .traffic
        .is_some_and(|percent| percent > 0 && percent < ALL);
    if is_partial || rule.rises() {
        draws.push(Draw::Traffic);
    }
    if let Choice::Split(slices) = &rule.rule.choice
        && slices.iter().filter(|(_, weight)| *weight > 0).count() > 1
    {
        draws.push(Draw::Split);
    }
    draws
}

/// Returns true when the same unit may meet both rules, which are of two flags.
fn meets(facts: &Facts<'_>, rule: &Of<'_>, other: &Of<'_>) -> bool {
    rule.key != other.key
        && !layers::is_apart(rule, other)
        && layers::holds_at_once(rule, other)
        && !facts.logic.is_apart(rule.audience(), other.audience())
}

fn tell(draw: Draw, rule: &Of<'_>, other: &Of<'_>, findings: &mut Findings) {
    let what = match draw {
        Draw::Traffic => {
            "the traffic draws alike, so whoever the smaller of the two admits, the larger admits too"
        }
        Draw::Split => "the split draws alike, so the same people get the same part of both",
    };
    let message = format!(
        "the rule `{}` has the salt {:?} and the unit `{}`, as the rule `{}` of the flag `{}` has: {what}",
        rule.rule.id,
        rule.salt(),
        rule.flag.unit,
        other.rule.id,
        other.key
    );
    let mend = "give one of them a salt of its own, or ranges of one layer that do not overlap, unless this is meant";
    findings.warn("same-salt", &rule.steps(), message, mend);
}

fn spaces<'a, T>(
    field: &'static str,
    named: &'a Named<Item<T>>,
    draw: impl Fn(&'a T) -> (&'a String, &'a String),
    findings: &mut Findings,
) {
    let mut seen: BTreeMap<(&String, &String), &str> = BTreeMap::new();
    for (name, item) in named.iter().filter(|(_, item)| !item.refused) {
        let (unit, salt) = draw(&item.content);
        let Some(other) = seen.get(&(unit, salt)) else {
            seen.insert((unit, salt), name);
            continue;
        };
        let message = format!(
            "`{name}` has the salt {salt:?} and the unit `{unit}`, as `{other}` has: every unit falls on the same point of both"
        );
        let mend = "give each a salt of its own, unless this is meant";
        findings.warn("same-salt", &[Step::Name(field), Step::Name(name)], message, mend);
    }
}

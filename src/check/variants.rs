//! Which variants a flag may give.

use std::collections::BTreeSet;

use super::Findings;
use super::facts::{Facts, flag_at};
use crate::definition::{Choice, Flag, Rule};
use crate::read::place::Step;
use crate::ruleset::State;

/// Variants that no rule, no override and nothing else of a flag ever gives, were it on.
pub(super) fn never_given(facts: &Facts<'_>, findings: &mut Findings) {
    for (key, flag) in facts.flags() {
        let mut given = given(flag, State::On);
        given.insert(&flag.safe);
        for (variant, _) in &flag.variants {
            if given.contains(variant.as_str()) {
                continue;
            }
            let [flags, flag] = flag_at(key);
            let steps = [flags, flag, Step::Name("variants"), Step::Name(variant)];
            let message = format!("the variant `{variant}` can never be given");
            findings.warn("never-given", &steps, message, "give it in a rule, or remove it");
        }
    }
}

/// Returns the variants that a flag may give in a state: perhaps not all of them, but no other.
pub(super) fn given(flag: &Flag, state: State) -> BTreeSet<&str> {
    let mut given = BTreeSet::new();
    if state != State::Killed {
        let overridden = flag.overrides.iter().filter(|(_, units)| !units.is_empty());
        given.extend(overridden.map(|(variant, _)| variant.as_str()));
    }
    if state != State::On || flag.holdout.is_some() || !flag.requires.is_empty() {
        given.insert(flag.safe.as_str());
    }
    if state == State::On && flag.sticky {
        // The host may remember any of them.
        given.extend(flag.variants.iter().map(|(variant, _)| variant.as_str()));
    }
    if state == State::On {
        by_rules(flag, &mut given);
    }
    given
}

/// Adds what rules give, up to the first that decides for everybody.
fn by_rules<'a>(flag: &'a Flag, given: &mut BTreeSet<&'a str>) {
    for rule in &flag.rules {
        let rises = flag.ramp.as_ref().is_some_and(|ramp| ramp.rule == rule.id);
        if rule.traffic == Some(0) && !rises {
            continue;
        }
        match &rule.choice {
            Choice::Serve(variant) => {
                given.insert(variant);
                if is_for_everybody(rule) && !rises {
                    return;
                }
            }
            Choice::Split(slices) => {
                let weighed = slices.iter().filter(|(_, weight)| *weight > 0);
                given.extend(weighed.map(|(variant, _)| variant.as_str()));
            }
        }
    }
    given.insert(&flag.otherwise);
}

/// Returns true when nothing makes a rule decline but what it gives.
const fn is_for_everybody(rule: &Rule) -> bool {
    rule.audience.is_none()
        && rule.from.is_none()
        && rule.until.is_none()
        && rule.layer.is_none()
        && rule.traffic.is_none()
}

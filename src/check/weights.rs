//! Weights that may be mistyped.

use super::Findings;
use super::facts::{ALL, Facts};
use crate::bucket::WEIGHT_SCALE;
use crate::definition::Choice;
use crate::read::place::Step;
use crate::words;

/// Splits whose weights look like percentages and sum to something else, and variants without weight.
pub(super) fn weights(facts: &Facts<'_>, findings: &mut Findings) {
    for rule in facts.rules() {
        let Choice::Split(slices) = &rule.rule.choice else {
            continue;
        };
        let steps = rule.field("split");
        let total: u64 = slices.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if !is_round(total) {
            let message = format!(
                "the weights sum to {}, which is no round number; only their ratio counts",
                words::scaled(total)
            );
            findings.inform(
                "weights",
                &steps,
                message,
                "let them sum to 100, if they are percentages",
            );
        }
        for (variant, _) in slices.iter().filter(|(_, weight)| *weight == 0) {
            let [flags, key, rules, at, split] = steps;
            let message = format!(
                "the rule `{}` never gives `{variant}`: its weight is 0",
                rule.rule.id
            );
            let steps = [flags, key, rules, at, split, Step::Name(variant)];
            findings.inform(
                "zero-weight",
                &steps,
                message,
                "give it a weight, or leave it out",
            );
        }
    }
}

/// Whole numbers are shares of some kind; close to a hundred they were meant as percentages.
fn is_round(total: u64) -> bool {
    let hundred = u64::from(ALL);
    let is_near = total.abs_diff(hundred) < hundred / 10;
    total == hundred || (total.is_multiple_of(WEIGHT_SCALE) && !is_near)
}

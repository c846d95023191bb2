//! Ramps: the rule that rises, and what the stages and the controller look at.

use super::names::{Names, check_name, did_you_mean};
use crate::definition::{Adds, Flag, Ramp};
use crate::read::Issues;
use crate::read::place::{Place, Step};

/// Checks the ramp of a flag.
pub(super) fn check(flag: &Flag, names: &Names<'_>, place: &Place<'_>, issues: &mut Issues) {
    let Some(ramp) = &flag.ramp else {
        return;
    };
    check_rule(flag, ramp, place, issues);
    let place = place.at(Step::Name("ramp"));
    let stages = place.at(Step::Name("stages"));
    for (at, stage) in ramp.stages.iter().enumerate() {
        if let Adds::Segment(name) = &stage.adds {
            let place = stages.at(Step::Index(at));
            check_name(
                &names.segments,
                "segment",
                name,
                &place.at(Step::Name("segment")),
                issues,
            );
        }
    }
    for (field, metrics) in [("guardrails", &ramp.guardrails), ("goals", &ramp.goals)] {
        let place = place.at(Step::Name(field));
        for (at, name) in metrics.iter().enumerate() {
            check_name(&names.metrics, "metric", name, &place.at(Step::Index(at)), issues);
        }
    }
}

fn check_rule(flag: &Flag, ramp: &Ramp, place: &Place<'_>, issues: &mut Issues) {
    // A name that could not be read has said so.
    if ramp.rule.is_empty() {
        return;
    }
    let Some(at) = flag.rules.iter().position(|rule| rule.id == ramp.rule) else {
        let ids = flag.rules.iter().map(|rule| rule.id.as_str());
        let mend = did_you_mean(&ramp.rule, ids, issues);
        let place = place.at(Step::Name("ramp"));
        issues.add(
            &place.at(Step::Name("rule")),
            format!("there is no rule `{}`", ramp.rule),
            mend,
        );
        return;
    };
    if flag.rules.get(at).is_some_and(|rule| rule.traffic.is_some()) {
        let rules = place.at(Step::Name("rules"));
        issues.add(
            &rules.at(Step::Index(at)).at(Step::Name("traffic")),
            "the ramp says the traffic of this rule",
            "remove it, or give the ramp another rule",
        );
    }
}

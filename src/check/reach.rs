//! Rules that nobody reaches, because rules before them decide.

use super::Findings;
use super::facts::{ALL, Facts, Of, rules_of};
use crate::definition::{Check, Condition, LayerRange};
use crate::words;

/// For whom a rule decides before another is asked.
enum Reach {
    Everybody,
    WithUnit,
}

/// Rules whose whole audience is taken by one rule before them.
pub(super) fn unreachable(facts: &Facts<'_>, findings: &mut Findings) {
    for (key, flag) in facts.flags() {
        for later in rules_of(key, flag) {
            let mut before = rules_of(key, flag).take(later.at);
            let taken = before.find_map(|earlier| Some((takes(facts, &earlier, &later)?, earlier)));
            if let Some((reach, earlier)) = taken {
                tell(facts, &reach, &earlier, &later, findings);
            }
        }
    }
}

fn tell(facts: &Facts<'_>, reach: &Reach, earlier: &Of<'_>, later: &Of<'_>, findings: &mut Findings) {
    let (id, before, unit) = (&later.rule.id, &earlier.rule.id, &later.flag.unit);
    let whom = match later.audience() {
        None => "everybody".to_owned(),
        Some(audience) => format!("whom it concerns ({})", words::condition(audience)),
    };
    let mend = "put it before that rule, ask for more in that rule, or remove this one";
    match reach {
        Reach::Everybody if earlier.needs_unit() => {
            let message = format!(
                "the rule `{id}` is never reached: `{before}` decides before it for {whom} with a `{unit}`, and without one it cannot decide"
            );
            findings.warn("unreachable", &later.steps(), message, mend);
        }
        Reach::Everybody => {
            let message =
                format!("the rule `{id}` is never reached: `{before}` decides before it for {whom}");
            findings.warn("unreachable", &later.steps(), message, mend);
        }
        Reach::WithUnit if is_for_absent(facts, later) => {}
        Reach::WithUnit => {
            let message = format!(
                "the rule `{id}` is only reached without a `{unit}`: `{before}` decides before it for {whom} with one"
            );
            findings.inform("without-unit", &later.steps(), message, mend);
        }
    }
}

/// Returns true when somebody said that the rule is for contexts without the unit.
fn is_for_absent(facts: &Facts<'_>, rule: &Of<'_>) -> bool {
    let exists = Condition::Test {
        attribute: rule.flag.unit.clone(),
        check: Check::Exists,
    };
    facts.logic.is_apart(rule.audience(), Some(&exists))
}

/// Returns for whom `earlier` decides, where that is all whom `later` concerns.
fn takes(facts: &Facts<'_>, earlier: &Of<'_>, later: &Of<'_>) -> Option<Reach> {
    // How many a ramp admits changes.
    let is_steady = !earlier.rises();
    let takes = is_steady
        && holds_as_long(earlier, later)
        && lies_around(earlier.rule.layer.as_ref(), later.rule.layer.as_ref())
        && admits_as_many(earlier, later)
        && facts.logic.is_within(later.audience(), earlier.audience());
    takes.then(|| {
        if earlier.needs_unit() && !later.needs_unit() {
            Reach::WithUnit
        } else {
            Reach::Everybody
        }
    })
}

fn holds_as_long(earlier: &Of<'_>, later: &Of<'_>) -> bool {
    let from = |rule: &Of<'_>| rule.rule.from.unwrap_or(f64::NEG_INFINITY);
    let until = |rule: &Of<'_>| rule.rule.until.unwrap_or(f64::INFINITY);
    from(earlier) <= from(later) && until(later) <= until(earlier)
}

fn lies_around(earlier: Option<&LayerRange>, later: Option<&LayerRange>) -> bool {
    match (earlier, later) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => {
            outer.name == inner.name && outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1]
        }
    }
}

/// Returns true when the draw for traffic of `earlier` admits all units that the one of `later` does.
fn admits_as_many(earlier: &Of<'_>, later: &Of<'_>) -> bool {
    match earlier.rule.traffic {
        None | Some(ALL) => true,
        // With the same salt the draws are the same.
        Some(percent) => {
            let is_less = later.rule.traffic.is_some_and(|other| other <= percent);
            is_less && earlier.salt() == later.salt() && !later.rises()
        }
    }
}

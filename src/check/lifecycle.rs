//! Flags that no longer decide anything.

use super::Findings;
use super::facts::{ALL, Facts, flag_at};
use crate::definition::{Adds, Flag};
use crate::read::place::Step;
use crate::ruleset::State;
use crate::words;

/// After so many milliseconds, thirty days, nobody expects to go back.
const LONG: f64 = 30.0 * 86_400_000.0;

/// Flags that give one variant to everybody.
pub(super) fn settled(facts: &Facts<'_>, findings: &mut Findings) {
    for (key, flag) in facts.flags() {
        let [flags, at] = flag_at(key);
        match flag.state {
            State::On => constant(facts, key, findings),
            State::Off => {
                let message = format!("the flag is off: whoever is not overridden gets `{}`", flag.safe);
                let mend = "switch it on, or remove it and the code behind it";
                findings.inform("off", &[flags, at, Step::Name("state")], message, mend);
            }
            State::Killed => {
                let message = format!(
                    "the flag is killed: everybody gets `{}`{}",
                    flag.safe,
                    ignored(flag)
                );
                let mend = "mend what harmed and switch it on, or remove it and the code behind it";
                findings.inform("killed", &[flags, at, Step::Name("state")], message, mend);
            }
        }
    }
}

/// Returns the overrides that a killed flag does not look at.
fn ignored(flag: &Flag) -> String {
    let units: usize = flag.overrides.iter().map(|(_, units)| units.len()).sum();
    match units {
        0 => String::new(),
        units => format!(", {} that it overrides too", words::count(units, "unit")),
    }
}

fn constant(facts: &Facts<'_>, key: &str, findings: &mut Findings) {
    let Some(given) = facts.gives.get(key).filter(|given| given.len() == 1) else {
        return;
    };
    let variant = given.first().copied().unwrap_or_default();
    let message = format!("the flag gives `{variant}` to everybody");
    let mend = "keep it as a switch for trouble, or remove it and the code of the other variants";
    findings.inform("constant", &flag_at(key), message, mend);
}

/// Ramps that arrived long ago.
pub(super) fn finished(facts: &Facts<'_>, findings: &mut Findings) {
    for (key, flag) in facts.flags() {
        let Some(ramp) = &flag.ramp else {
            continue;
        };
        let is_last = ramp.stage.is_some_and(|stage| stage + 1 == ramp.stages.len());
        let is_full = ramp
            .stages
            .last()
            .is_some_and(|stage| stage.adds == Adds::Percent(ALL));
        let since = ramp.since.filter(|since| facts.now - since > LONG);
        if let (true, true, Some(since), State::On) = (is_last, is_full, since, flag.state) {
            let [flags, at] = flag_at(key);
            let message = format!("the ramp has been at 100 % since {}", words::time(since));
            let mend = "remove the flag and the code of the other variants";
            findings.warn("finished", &[flags, at, Step::Name("ramp")], message, mend);
        }
    }
}

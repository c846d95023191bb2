//! Requirements that are never met, and rules that wait for what another flag never gives.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use super::facts::{Facts, flag_at};
use super::variants::given;
use crate::definition::{Condition, Flag};
use crate::read::place::Step;
use crate::ruleset::State;
use crate::words;

type Gives<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Flags that give their safe variant to everybody, because what they require is never given.
pub(super) fn unmet(facts: &Facts<'_>, findings: &mut Findings) {
    let gives = with_dead(facts);
    for (key, flag) in facts.flags() {
        for (other, wanted) in never_met(flag, &gives) {
            if flag.state != State::On {
                continue;
            }
            let [flags, at] = flag_at(key);
            let steps = [flags, at, Step::Name("requires"), Step::Name(other)];
            let message = format!(
                "the flag gives `{}` to everybody who is not overridden: it requires that `{other}` gives {}, which gives {} only",
                flag.safe,
                words::names(wanted),
                told(&gives, other),
            );
            let mend = "require another variant, or remove the flag";
            findings.warn("dead", &steps, message, mend);
        }
    }
    for rule in facts.rules() {
        for (other, wanted) in rule.audience().map(asked).unwrap_or_default() {
            if is_never(&gives, other, wanted) {
                let message = format!(
                    "the rule `{}` never decides: it asks that `{other}` gives {}, which gives {} only",
                    rule.rule.id,
                    words::names(wanted),
                    told(&gives, other),
                );
                let mend = "ask for another variant, or remove the rule";
                findings.warn("dead", &rule.field("where"), message, mend);
            }
        }
    }
}

fn told(all: &Gives<'_>, key: &str) -> String {
    let given = all.get(key).into_iter().flatten();
    let names: Vec<String> = given.map(|variant| format!("`{variant}`")).collect();
    words::list(names.into_iter())
}

/// Returns what flags give, once those that others keep from their rules are taken into account.
///
/// Each flag is looked at again when one that it requires turns out to be dead, so chains of any length end.
fn with_dead<'a>(facts: &Facts<'a>) -> Gives<'a> {
    let mut gives = facts.gives.clone();
    let flags: BTreeMap<&str, &Flag> = facts.flags().collect();
    let mut needed_by: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for (key, flag) in facts.flags() {
        for (other, _) in &flag.requires {
            needed_by.entry(other).or_default().push(key);
        }
    }
    let mut dead = BTreeSet::new();
    let mut open: Vec<&'a str> = facts.flags().map(|(key, _)| key).collect();
    while let Some(key) = open.pop() {
        let Some(flag) = flags.get(key).copied() else {
            continue;
        };
        if flag.state != State::On || dead.contains(key) || never_met(flag, &gives).next().is_none() {
            continue;
        }
        dead.insert(key);
        // Overrides come before requirements, as they come before the state.
        gives.insert(key, given(flag, State::Off));
        open.extend(needed_by.get(key).into_iter().flatten());
    }
    gives
}

fn never_met<'f>(flag: &'f Flag, gives: &Gives<'_>) -> impl Iterator<Item = (&'f str, &'f [String])> {
    let never = flag
        .requires
        .iter()
        .filter(|(other, wanted)| is_never(gives, other, wanted));
    never.map(|(other, wanted)| (other.as_str(), wanted.as_slice()))
}

/// Returns true when a flag gives none of the variants. Of one that is not known nothing is said.
fn is_never(all: &Gives<'_>, key: &str, wanted: &[String]) -> bool {
    let given = all.get(key);
    given.is_some_and(|given| !wanted.iter().any(|variant| given.contains(variant.as_str())))
}

/// Returns what must be given by other flags for a condition to hold.
fn asked(condition: &Condition) -> Vec<(&str, &[String])> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(asked).collect(),
        Condition::Flag { key, variants } => vec![(key, variants)],
        _ => Vec::new(),
    }
}

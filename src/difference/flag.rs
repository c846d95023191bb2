//! What is different about a flag.

use std::collections::BTreeMap;

use super::{Group, ramp, rules};
use crate::definition::{Flag, Reveal};
use crate::read::place::Step;
use crate::ruleset::{Kind, State};
use crate::words;

pub(super) fn flag(group: &mut Group<'_>, old: &Flag, new: &Flag) {
    labels(group, old, new);
    group.field("type", kind(old.kind), kind(new.kind));
    group.field("state", state(old.state), state(new.state));
    group.field("stability", old.stability.name(), new.stability.name());
    group.field("reveal", reveal(old.reveal), reveal(new.reveal));
    group.field("unit", &old.unit, &new.unit);
    variants(group, old, new);
    group.field("safe", named(&old.safe), named(&new.safe));
    group.field("otherwise", named(&old.otherwise), named(&new.otherwise));
    overrides(group, old, new);
    requires(group, old, new);
    group.field(
        "holdout",
        optional(old.holdout.as_ref()),
        optional(new.holdout.as_ref()),
    );
    group.field("sticky", old.sticky, new.sticky);
    rules::rules(group, &old.rules, &new.rules);
    ramp::ramp(group, old.ramp.as_ref(), new.ramp.as_ref());
}

fn labels(group: &mut Group<'_>, old: &Flag, new: &Flag) {
    let (old, new) = (&old.labels, &new.labels);
    let quoted = |text: &str| {
        if text.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{text:?}")
        }
    };
    group.field("description", quoted(&old.description), quoted(&new.description));
    group.field("owner", quoted(&old.owner), quoted(&new.owner));
    group.members("tags", "tag", &old.tags, &new.tags);
}

fn named(variant: &str) -> String {
    format!("`{variant}`")
}

fn optional(name: Option<&String>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| named(name))
}

fn variants(group: &mut Group<'_>, old: &Flag, new: &Flag) {
    let steps = |name| [Step::Name("variants"), Step::Name(name)];
    let later: BTreeMap<&str, _> = new
        .variants
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    for (name, value) in &old.variants {
        match later.get(name.as_str()) {
            None => group.add(
                &steps(name),
                format!("variant `{name}` removed; its value was {value}"),
            ),
            Some(after) if *after != value => {
                let change = words::from_to(value, after);
                group.add(&steps(name), format!("variant `{name}`: value {change}"));
            }
            Some(_) => {}
        }
    }
    for (name, value) in &new.variants {
        if !old.variants.iter().any(|(before, _)| before == name) {
            group.add(
                &steps(name),
                format!("variant `{name}` added, with the value {value}"),
            );
        }
    }
}

fn overrides(group: &mut Group<'_>, old: &Flag, new: &Flag) {
    for name in both(&old.overrides, &new.overrides) {
        let [before, after] = [&old.overrides, &new.overrides].map(|overrides| of(overrides, name));
        group.members(&format!("overrides.{name}"), "unit", before, after);
    }
}

fn requires(group: &mut Group<'_>, old: &Flag, new: &Flag) {
    for key in both(&old.requires, &new.requires) {
        let steps = [Step::Name("requires"), Step::Name(key)];
        let [before, after] = [&old.requires, &new.requires].map(|requires| of(requires, key));
        match (before, after) {
            (before, after) if before == after => {}
            ([], after) => group.add(
                &steps,
                format!("requires that `{key}` gives {}", words::names(after)),
            ),
            (before, []) => {
                let gave = words::names(before);
                group.add(&steps, format!("no longer requires that `{key}` gives {gave}"));
            }
            (before, after) => group.members(&format!("requires.{key}"), "variant", before, after),
        }
    }
}

/// Returns the names that either has, each once.
fn both<'a, T>(old: &'a [(String, T)], new: &'a [(String, T)]) -> impl Iterator<Item = &'a str> {
    let more = new
        .iter()
        .filter(|(name, _)| !old.iter().any(|(before, _)| before == name));
    old.iter().chain(more).map(|(name, _)| name.as_str())
}

fn of<'a>(named: &'a [(String, Vec<String>)], name: &str) -> &'a [String] {
    let mut found = named.iter().filter(|(other, _)| other == name);
    found.next().map_or(&[], |(_, members)| members.as_slice())
}

pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::String => "string",
        Kind::Number => "number",
        Kind::Object => "object",
    }
}

const fn state(state: State) -> &'static str {
    match state {
        State::On => "on",
        State::Off => "off",
        State::Killed => "killed",
    }
}

const fn reveal(reveal: Reveal) -> &'static str {
    match reveal {
        Reveal::Rule => "rule",
        Reveal::Value => "value",
        Reveal::None => "none",
    }
}

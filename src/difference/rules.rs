//! What is different about the rules of a flag.

use super::{Group, audience};
use crate::definition::{Choice, LayerRange, Rule};
use crate::read::place::Step;
use crate::words;
use crate::words::from_to;

/// Compares the rules that belong together, and tells of all others that they came or went.
pub(super) fn rules(group: &mut Group<'_>, old: &[Rule], new: &[Rule]) {
    let pairs = pair(old, new);
    for (at, rule) in old.iter().enumerate() {
        if !pairs.iter().any(|(before, _)| *before == at) {
            group.add(
                &steps(at),
                format!("rule `{}` removed: {}", rule.id, summary(rule)),
            );
        }
    }
    let stayed = longest_rise(&pairs);
    for (before, after) in pairs.iter().copied() {
        let (Some(earlier), Some(later)) = (old.get(before), new.get(after)) else {
            continue;
        };
        if !stayed.contains(&after) {
            let moved = format!("moved from place {} to {}", before + 1, after + 1);
            group.add(&steps(after), format!("rule `{}`: {moved}", later.id));
        }
        for change in changes(earlier, later) {
            group.add(&steps(after), format!("rule `{}`: {change}", later.id));
        }
    }
    for (at, rule) in new.iter().enumerate() {
        if !pairs.iter().any(|(_, after)| *after == at) {
            let what = format!("rule `{}` added at place {}: {}", rule.id, at + 1, summary(rule));
            group.add(&steps(at), what);
        }
    }
}

const fn steps(at: usize) -> [Step<'static>; 2] {
    [Step::Name("rules"), Step::Index(at)]
}

/// Whether a rule of the old flag is one of the new, each with its place.
type Same = fn((usize, &Rule), (usize, &Rule)) -> bool;

/// Returns which rule of the old flag is which of the new one, in the old order.
///
/// Rules are the same by their ids. A rule that has none is called by its place, so it is first looked for by what it does.
fn pair(old: &[Rule], new: &[Rule]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let tests: [Same; 3] = [
        |old, new| is_named(old) && is_named(new) && old.1.id == new.1.id,
        |old, new| !is_named(old) && !is_named(new) && changes(old.1, new.1).is_empty(),
        |old, new| old.1.id == new.1.id,
    ];
    for is_same in tests {
        for (before, earlier) in old.iter().enumerate() {
            if pairs.iter().any(|(taken, _)| *taken == before) {
                continue;
            }
            let is_free = |after: &usize| !pairs.iter().any(|(_, taken)| taken == after);
            let mut found = new.iter().enumerate().filter(|(after, _)| is_free(after));
            if let Some((after, _)) =
                found.find(|(after, later)| is_same((before, earlier), (*after, *later)))
            {
                pairs.push((before, after));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Returns whether somebody named the rule.
fn is_named((at, rule): (usize, &Rule)) -> bool {
    rule.id != format!("rule-{}", at + 1)
}

/// Returns the new places of as many rules as possible that kept their order: all others moved.
fn longest_rise(pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut rises: Vec<Vec<usize>> = Vec::new();
    for (_, after) in pairs {
        let before = rises.iter().filter(|rise| rise.last() < Some(after));
        let mut rise = before.max_by_key(|rise| rise.len()).cloned().unwrap_or_default();
        rise.push(*after);
        rises.push(rise);
    }
    rises.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

fn changes(old: &Rule, new: &Rule) -> Vec<String> {
    let mut changes = Vec::new();
    let mut field = |name: &str, old: String, new: String| {
        if old != new {
            changes.push(format!("{name} {}", from_to(old, new)));
        }
    };
    field("from", time(old.from), time(new.from));
    field("until", time(old.until), time(new.until));
    field("layer", layer(old.layer.as_ref()), layer(new.layer.as_ref()));
    field("traffic", traffic(old.traffic), traffic(new.traffic));
    field("salt", salt(old.salt.as_ref()), salt(new.salt.as_ref()));
    let [before, after] = [&old.choice, &new.choice].map(choice);
    match (&old.choice, &new.choice) {
        (Choice::Serve(old), Choice::Serve(new)) => field("serve", format!("`{old}`"), format!("`{new}`")),
        (Choice::Split(old), Choice::Split(new)) => field("split", weights(old), weights(new)),
        _ => field("choice", before, after),
    }
    changes.extend(audience::changed([&old.audience, &new.audience], "everybody"));
    changes
}

fn time(instant: Option<f64>) -> String {
    instant.map_or_else(|| "any time".to_owned(), words::time)
}

fn layer(layer: Option<&LayerRange>) -> String {
    layer.map_or_else(
        || "none".to_owned(),
        |layer| format!("`{}` {}", layer.name, words::range(layer.range)),
    )
}

fn traffic(percent: Option<u32>) -> String {
    percent.map_or_else(|| "everybody".to_owned(), words::percent)
}

fn salt(salt: Option<&String>) -> String {
    salt.map_or_else(|| "the flag's key".to_owned(), |salt| format!("{salt:?}"))
}

fn weights(slices: &[(String, u32)]) -> String {
    let slice = |(name, weight): &(String, u32)| format!("`{name}` {}", words::scaled((*weight).into()));
    slices.iter().map(slice).collect::<Vec<_>>().join(", ")
}

fn choice(choice: &Choice) -> String {
    match choice {
        Choice::Serve(variant) => format!("serve `{variant}`"),
        Choice::Split(slices) => format!("split {}", weights(slices)),
    }
}

/// Returns the whole of a rule.
fn summary(rule: &Rule) -> String {
    let mut parts = vec![choice(&rule.choice)];
    parts.push(format!("to {}", words::audience(rule.audience.as_ref())));
    parts.extend(
        rule.traffic
            .map(|percent| format!("at a traffic of {}", words::percent(percent))),
    );
    parts.extend(
        rule.layer
            .as_ref()
            .map(|range| format!("in the layer {}", layer(Some(range)))),
    );
    parts.extend(rule.from.map(|from| format!("from {}", words::time(from))));
    parts.extend(rule.until.map(|until| format!("until {}", words::time(until))));
    parts.join(" ")
}

//! What is different between two definitions, in words.

mod audience;
mod flag;
mod part;
mod ramp;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use core::fmt::Display;

use serde::Serialize;

use crate::definition::{Definition, Item, Named};
use crate::read::place::Step;
use crate::words::{from_to, place};

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of thing is different: `definition`, `flag`, `segment`, `layer`, `holdout` or `metric`.
    pub of: &'static str,
    /// Its key or name; empty for the definition itself.
    pub name: String,
    /// Where it stands, such as `flags.checkout.rules[1]`: in the new definition, or in the old where it is no more.
    pub path: String,
    /// What is different, such as ``rule `public`: traffic from 20 % to 50 %``.
    pub what: String,
}

/// Returns what is different between two definitions.
///
/// The revision does not count: the store sets it at each publish.
#[must_use]
pub fn difference(old: &Definition, new: &Definition) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut document = Group::new(&mut changes, "definition", "", "");
    document.field("environment", &old.environment, &new.environment);
    let kinds = ["segments", "layers", "holdouts", "metrics", "flags"];
    let [segments, layers, holdouts, metrics, flags] = kinds;
    each(
        &mut changes,
        "segment",
        segments,
        [&old.segments, &new.segments],
        part::segment,
    );
    each(
        &mut changes,
        "layer",
        layers,
        [&old.layers, &new.layers],
        part::layer,
    );
    each(
        &mut changes,
        "holdout",
        holdouts,
        [&old.holdouts, &new.holdouts],
        part::holdout,
    );
    each(
        &mut changes,
        "metric",
        metrics,
        [&old.metrics, &new.metrics],
        part::metric,
    );
    each(&mut changes, "flag", flags, [&old.flags, &new.flags], flag::flag);
    changes
}

/// Compares what has the same name, and tells of names that only one side has.
fn each<T>(
    changes: &mut Vec<Change>,
    of: &'static str,
    field: &'static str,
    [old, new]: [&Named<Item<T>>; 2],
    compare: impl Fn(&mut Group<'_>, &T, &T),
) {
    let later: BTreeMap<&str, &T> = contents(new).collect();
    for (name, before) in contents(old) {
        let mut group = Group::new(changes, of, field, name);
        match later.get(name) {
            Some(after) => compare(&mut group, before, after),
            None => group.add(&[], "removed"),
        }
    }
    let earlier: BTreeSet<&str> = contents(old).map(|(name, _)| name).collect();
    for (name, _) in contents(new).filter(|(name, _)| !earlier.contains(name)) {
        Group::new(changes, of, field, name).add(&[], "added");
    }
}

fn contents<T>(named: &Named<Item<T>>) -> impl Iterator<Item = (&str, &T)> {
    named.iter().map(|(name, item)| (name.as_str(), &item.content))
}

/// Collects what is different about one thing.
struct Group<'a> {
    changes: &'a mut Vec<Change>,
    of: &'static str,
    field: &'static str,
    name: &'a str,
}

impl<'a> Group<'a> {
    fn new(changes: &'a mut Vec<Change>, of: &'static str, field: &'static str, name: &'a str) -> Self {
        Self {
            changes,
            of,
            field,
            name,
        }
    }

    /// Adds a change of what stands under some steps.
    fn add(&mut self, under: &[Step<'_>], what: impl Into<String>) {
        let mut steps = Vec::new();
        if !self.field.is_empty() {
            steps.extend([Step::Name(self.field), Step::Name(self.name)]);
        }
        steps.extend_from_slice(under);
        self.changes.push(Change {
            of: self.of,
            name: self.name.to_owned(),
            path: place(&steps),
            what: what.into(),
        });
    }

    /// Adds a change of a field, where its words are not the same.
    fn field(&mut self, field: &str, old: impl Display, new: impl Display) {
        let (old, new) = (old.to_string(), new.to_string());
        if old != new {
            self.add(&[Step::Name(field)], format!("{field} {}", from_to(old, new)));
        }
    }

    /// Adds what was put into a list and what was taken out of it.
    fn members(&mut self, field: &str, what: &str, old: &[String], new: &[String]) {
        let step = Step::Name(field.split('.').next().unwrap_or(field));
        for change in members(what, old, new) {
            self.add(&[step], format!("{field}: {change}"));
        }
    }
}

/// Returns what was put into a list and what was taken out of it, in words. Its order is of no account.
fn members(what: &str, old: &[String], new: &[String]) -> Vec<String> {
    let (before, after): (BTreeSet<&String>, BTreeSet<&String>) =
        (old.iter().collect(), new.iter().collect());
    let told = |only: Vec<&&String>, verb: &str| {
        let names = crate::words::list(only.iter().map(|name| crate::words::quoted(name)));
        (!only.is_empty()).then(|| format!("{} {verb}: {names}", crate::words::count(only.len(), what)))
    };
    [
        told(after.difference(&before).collect(), "added"),
        told(before.difference(&after).collect(), "removed"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

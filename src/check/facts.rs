//! What all analyses look at.

use std::collections::{BTreeMap, BTreeSet};

use super::logic::Logic;
use super::variants::given;
use crate::definition::{Adds, Choice, Condition, Definition, Flag, Item, Named, Rule, Segment};
use crate::read::place::Step;

/// A hundred percent, scaled.
pub(super) const ALL: u32 = 10_000_000;

/// A definition and what follows from it.
pub(super) struct Facts<'a> {
    pub(super) definition: &'a Definition,
    /// The instant at which it is looked at, in milliseconds since 1970.
    pub(super) now: f64,
    /// The flags that programs read, where somebody looked.
    pub(super) read: Option<&'a BTreeSet<String>>,
    pub(super) logic: Logic<'a>,
    /// For each flag the variants that it may give. It gives no other.
    pub(super) gives: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(definition: &'a Definition, now: f64, read: Option<&'a BTreeSet<String>>) -> Self {
        Self {
            definition,
            now,
            read,
            logic: Logic::new(kept(&definition.segments)),
            gives: kept(&definition.flags)
                .map(|(key, flag)| (key, given(flag, flag.state)))
                .collect(),
        }
    }

    pub(super) fn flags(&self) -> impl Iterator<Item = (&'a str, &'a Flag)> + use<'a> {
        kept(&self.definition.flags)
    }

    pub(super) fn segments(&self) -> impl Iterator<Item = (&'a str, &'a Segment)> + use<'a> {
        kept(&self.definition.segments)
    }

    /// Returns all rules of all flags, each with its place.
    pub(super) fn rules(&self) -> impl Iterator<Item = Of<'a>> + use<'a> {
        self.flags().flat_map(|(key, flag)| rules_of(key, flag))
    }
}

fn kept<T>(named: &Named<Item<T>>) -> impl Iterator<Item = (&str, &T)> {
    let kept = named.iter().filter(|(_, item)| !item.refused);
    kept.map(|(name, item)| (name.as_str(), &item.content))
}

/// A rule, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) key: &'a str,
    pub(super) flag: &'a Flag,
    pub(super) at: usize,
    pub(super) rule: &'a Rule,
}

/// Returns the rules of a flag.
pub(super) fn rules_of<'a>(key: &'a str, flag: &'a Flag) -> impl Iterator<Item = Of<'a>> {
    let of = move |(at, rule)| Of { key, flag, at, rule };
    flag.rules.iter().enumerate().map(of)
}

impl<'a> Of<'a> {
    pub(super) const fn steps(&self) -> [Step<'a>; 4] {
        let rule = Step::Index(self.at);
        [
            Step::Name("flags"),
            Step::Name(self.key),
            Step::Name("rules"),
            rule,
        ]
    }

    /// Returns the place of one of its fields.
    pub(super) const fn field(&self, field: &'a str) -> [Step<'a>; 5] {
        let [flags, key, rules, rule] = self.steps();
        [flags, key, rules, rule, Step::Name(field)]
    }

    /// Returns true when a ramp says how much of its audience it admits.
    pub(super) fn rises(&self) -> bool {
        self.flag
            .ramp
            .as_ref()
            .is_some_and(|ramp| ramp.rule == self.rule.id)
    }

    /// Returns what its draws are salted with.
    pub(super) fn salt(&self) -> &'a str {
        self.rule.salt.as_deref().unwrap_or(self.key)
    }

    /// Returns true when it cannot decide about a context without the flag's unit.
    pub(super) fn needs_unit(&self) -> bool {
        self.rule.traffic.is_some() || matches!(self.rule.choice, Choice::Split(_))
    }

    pub(super) fn audience(&self) -> Option<&'a Condition> {
        self.rule.audience.as_ref()
    }
}

/// Returns the place of a flag.
pub(super) const fn flag_at(key: &str) -> [Step<'_>; 2] {
    [Step::Name("flags"), Step::Name(key)]
}

/// Calls `visit` with each part of a condition, down to tests, but not with what is asked of elements of lists.
pub(super) fn walk<'c>(condition: &'c Condition, visit: &mut impl FnMut(&'c Condition)) {
    visit(condition);
    match condition {
        Condition::All(inner) | Condition::Any(inner) => {
            for part in inner {
                walk(part, visit);
            }
        }
        Condition::Not(inner) => walk(inner, visit),
        Condition::Segment(_) | Condition::Flag { .. } | Condition::Test { .. } => {}
    }
}

/// Returns the segments that the stages of a flag's ramp add.
pub(super) fn staged(flag: &Flag) -> impl Iterator<Item = &str> {
    let stages = flag.ramp.iter().flat_map(|ramp| &ramp.stages);
    stages.filter_map(|stage| match &stage.adds {
        Adds::Segment(name) => Some(name.as_str()),
        Adds::Percent(_) => None,
    })
}

//! Flags: their own parts, and what they ask for.

use std::collections::BTreeMap;

use super::asked::Asked;
use super::names::{Names, check_name, check_variants, did_you_mean};
use super::ramp;
use crate::definition::{Choice, Condition, Flag, Item, Named, Rule};
use crate::read::Issues;
use crate::read::place::{Place, Step};

/// Checks a flag.
pub(super) fn check(flag: &Item<Flag>, names: &Names<'_>, place: &Place<'_>, issues: &mut Issues) {
    let content = &flag.content;
    check_own_variants(content, place, issues);
    check_units(&content.overrides, &place.at(Step::Name("overrides")), issues);
    let requires = place.at(Step::Name("requires"));
    for (key, variants) in &content.requires {
        check_flag(names, key, variants, &requires.at(Step::Name(key)), issues);
    }
    if let Some(name) = &content.holdout {
        check_name(
            &names.holdouts,
            "holdout",
            name,
            &place.at(Step::Name("holdout")),
            issues,
        );
    }
    let rules = place.at(Step::Name("rules"));
    for (at, rule) in content.rules.iter().enumerate() {
        check_rule(rule, names, &rules.at(Step::Index(at)), issues);
    }
    check_ids(&content.rules, &rules, issues);
    ramp::check(content, names, place, issues);
}

/// Returns whether a flag needs something that is refused or absent. It can do without flags and metrics.
pub(super) fn needs_refused(flag: &Flag, names: &Names<'_>) -> bool {
    let segments = Asked::by_flag(flag).segments;
    let is_segment_refused = |name: &&str| names.segments.get(name).is_none_or(|item| item.refused);
    let is_holdout_refused =
        |name: &String| names.holdouts.get(name.as_str()).is_none_or(|item| item.refused);
    let is_layer_refused = |name: &str| names.layers.get(name).is_none_or(|item| item.refused);
    let mut layers = flag.rules.iter().filter_map(|rule| rule.layer.as_ref());
    segments.iter().any(is_segment_refused)
        || flag.holdout.as_ref().is_some_and(is_holdout_refused)
        || layers.any(|layer| is_layer_refused(&layer.name))
}

/// Checks that all that a condition asks for is there.
pub(super) fn check_condition(
    condition: &Condition,
    names: &Names<'_>,
    place: &Place<'_>,
    issues: &mut Issues,
) {
    let asked = Asked::by_condition(condition);
    for name in asked.segments {
        check_name(&names.segments, "segment", name, place, issues);
    }
    for (key, variants) in asked.flags {
        check_flag(names, key, variants, place, issues);
    }
}

fn check_flag(names: &Names<'_>, key: &str, variants: &[String], place: &Place<'_>, issues: &mut Issues) {
    check_name(&names.flags, "flag", key, place, issues);
    if let Some(flag) = names.flags.get(key) {
        check_variants(flag, key, variants, place, issues);
    }
}

fn check_own_variants(flag: &Flag, place: &Place<'_>, issues: &mut Issues) {
    let variants: Vec<&str> = flag.variants.iter().map(|(name, _)| name.as_str()).collect();
    let check = |name: &str, place: &Place<'_>, issues: &mut Issues| {
        // A name or variants that could not be read have said so.
        if !variants.is_empty() && !name.is_empty() && !variants.contains(&name) {
            let mend = did_you_mean(name, variants.iter().copied(), issues);
            issues.add(place, format!("there is no variant `{name}`"), mend);
        }
    };
    check(&flag.safe, &place.at(Step::Name("safe")), issues);
    if flag.otherwise != flag.safe {
        check(&flag.otherwise, &place.at(Step::Name("otherwise")), issues);
    }
    let overrides = place.at(Step::Name("overrides"));
    for (variant, _) in &flag.overrides {
        check(variant, &overrides.at(Step::Name(variant)), issues);
    }
    let rules = place.at(Step::Name("rules"));
    for (at, rule) in flag.rules.iter().enumerate() {
        let place = rules.at(Step::Index(at));
        match &rule.choice {
            Choice::Serve(variant) => check(variant, &place.at(Step::Name("serve")), issues),
            Choice::Split(slices) => {
                let place = place.at(Step::Name("split"));
                for (variant, _) in slices {
                    check(variant, &place.at(Step::Name(variant)), issues);
                }
            }
        }
    }
}

fn check_units(overrides: &Named<Vec<String>>, place: &Place<'_>, issues: &mut Issues) {
    let mut seen = BTreeMap::new();
    for (variant, units) in overrides {
        for (at, unit) in units.iter().enumerate() {
            if let Some(other) = seen.insert(unit, variant) {
                issues.add(
                    &place.at(Step::Name(variant)).at(Step::Index(at)),
                    format!("{unit:?} is overridden twice, first to `{other}`"),
                    "keep one of the two",
                );
            }
        }
    }
}

fn check_rule(rule: &Rule, names: &Names<'_>, place: &Place<'_>, issues: &mut Issues) {
    if let (Some(from), Some(until)) = (rule.from, rule.until)
        && from >= until
    {
        issues.add(
            &place.at(Step::Name("until")),
            "the rule ends before it begins",
            "let `until` come after `from`",
        );
    }
    if let Some(audience) = &rule.audience {
        check_condition(audience, names, &place.at(Step::Name("where")), issues);
    }
    if let Some(layer) = &rule.layer {
        let place = place.at(Step::Name("layer"));
        check_name(
            &names.layers,
            "layer",
            &layer.name,
            &place.at(Step::Name("name")),
            issues,
        );
    }
}

fn check_ids(rules: &[Rule], place: &Place<'_>, issues: &mut Issues) {
    let mut seen = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        if let Some(first) = seen.insert(&rule.id, at) {
            issues.add(
                &place.at(Step::Index(at)).at(Step::Name("id")),
                format!("the id `{}` is that of rule {first} as well", rule.id),
                "give each rule of a flag an id of its own",
            );
        }
    }
}

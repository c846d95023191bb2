//! A definition as a whole: what its parts say of one another.

pub mod segment;

use std::collections::BTreeMap;

use crate::definition::{Choice, Definition, Flag, Item, Named, Rule, Segment};
use crate::error::Issue;
use crate::read::field::{Place, Step, nearest};
use crate::read::{Issues, read};
use segment::{asked, check_segments, find};

/// Reads a definition and checks it, and returns every issue.
///
/// Flags and segments with an issue are refused alone.
/// The definition is absent where the document is none at all; none of its segments then stands before one that it asks for.
#[must_use]
pub fn validate(text: &str) -> (Option<Definition>, Vec<Issue>) {
    let mut issues = Issues::default();
    let definition = read(text, &mut issues).map(|definition| check(definition, &mut issues));
    (definition, issues.0)
}

fn check(mut definition: Definition, issues: &mut Issues) -> Definition {
    let root = Place::root();
    check_segments(&mut definition.segments, &root.at(Step::Name("segments")), issues);
    let flags_place = root.at(Step::Name("flags"));
    let segments = &definition.segments;
    for (key, flag) in &mut definition.flags {
        let place = flags_place.at(Step::Name(key));
        let ((), has_issues) = issues.watch(|issues| check_flag(&flag.content, segments, &place, issues));
        flag.refused |= has_issues || asks_refused(&flag.content, segments);
    }
    definition
}

fn asks_refused(flag: &Flag, segments: &Named<Item<Segment>>) -> bool {
    let is_refused = |name: &str| find(segments, name).is_none_or(|segment| segment.refused);
    let audiences = flag.rules.iter().filter_map(|rule| rule.audience.as_ref());
    audiences.flat_map(asked).any(is_refused)
}

fn did_you_mean(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "define it first".to_owned(),
        None if known.len() > 10 => "define it first, or use one that is defined".to_owned(),
        None => format!("define it, or use one of {}", known.join(", ")),
    }
}

fn check_flag(flag: &Flag, segments: &Named<Item<Segment>>, place: &Place<'_>, issues: &mut Issues) {
    let variants: Vec<&str> = flag.variants.iter().map(|(name, _)| name.as_str()).collect();
    let check = |name: &str, place: &Place<'_>, issues: &mut Issues| {
        // A name or variants that could not be read have said so.
        if !variants.is_empty() && !name.is_empty() && !variants.contains(&name) {
            issues.add(
                place,
                format!("there is no variant `{name}`"),
                did_you_mean(name, &variants),
            );
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
    check_units(&flag.overrides, &overrides, issues);
    let rules = place.at(Step::Name("rules"));
    for (at, rule) in flag.rules.iter().enumerate() {
        let place = rules.at(Step::Index(at));
        check_rule(rule, segments, &place, issues);
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
    check_ids(&flag.rules, &rules, issues);
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

fn check_rule(rule: &Rule, segments: &Named<Item<Segment>>, place: &Place<'_>, issues: &mut Issues) {
    if let (Some(from), Some(until)) = (rule.from, rule.until)
        && from >= until
    {
        issues.add(
            &place.at(Step::Name("until")),
            "the rule ends before it begins",
            "let `until` come after `from`",
        );
    }
    let Some(audience) = &rule.audience else {
        return;
    };
    for name in asked(audience) {
        if find(segments, name).is_none() {
            let known: Vec<&str> = segments.iter().map(|(name, _)| name.as_str()).collect();
            issues.add(
                &place.at(Step::Name("where")),
                format!("there is no segment `{name}`"),
                did_you_mean(name, &known),
            );
        }
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

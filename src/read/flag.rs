//! The shape of flags.

use super::field::{self, Fields};
use super::name;
use super::place::{Place, Step};
use super::ramp::{RAMP, ramp};
use super::rule::{MAX_RULES, RULE, rules};
use super::shape::{Field, Object, Shape, words};
use super::{Issues, MAX_LIST};
use crate::definition::{Flag, Labels, Named, Reveal};
use crate::json::Json;
use crate::ruleset::{Kind, Stability, State};

/// How many variants a flag may have.
pub const MAX_VARIANTS: usize = 1_000;

/// A decision point.
pub const FLAG: Object = Object {
    name: "flag",
    fields: &[
        Field::required(
            "type",
            Shape::Word(|| words(KINDS)),
            "The type of its values; `object` is an object or a list.",
        ),
        Field::new("description", Shape::Text, "What it is for; people read it."),
        Field::new("owner", Shape::Text, "Who answers for it."),
        Field::new(
            "tags",
            Shape::List(&Shape::Text, 0, MAX_LIST),
            "Words to find it by.",
        ),
        Field::new(
            "reveal",
            Shape::Word(|| words(REVEALS)),
            "`rule`: clients may evaluate it; `value`: they may ask for the answer; `none`, the default: it stays at the edge.",
        ),
        Field::new(
            "unit",
            Shape::Attribute,
            "The attribute that is bucketed; `userId` by default.",
        ),
        Field::required(
            "variants",
            Shape::Named(&Shape::VariantName, &Shape::Any, 1),
            "The values that it may give, by name.",
        ),
        Field::required(
            "safe",
            Shape::Key,
            "The variant that it gives when it is off or killed.",
        ),
        Field::new(
            "otherwise",
            Shape::Key,
            "The variant that it gives when no rule decides; `safe` by default.",
        ),
        Field::new(
            "state",
            Shape::Word(|| words(STATES)),
            "`on`, the default; `off`: overrides still hold; `killed`: nothing holds.",
        ),
        Field::new(
            "stability",
            Shape::Word(|| words(STABILITIES)),
            "How long a page keeps a value that it read: `live`: not at all; `page`, the default: as long as it lives; `session`: as long as the visitor's session.",
        ),
        Field::new(
            "overrides",
            Shape::Named(&Shape::Key, &Shape::List(&Shape::Unit, 0, MAX_LIST), 0),
            "For each variant, the units that get it whatever the rules say.",
        ),
        Field::new(
            "requires",
            VARIANTS_OF_FLAGS,
            "Flags by key, each with the variants of which it must give one; else this flag gives its safe variant.",
        ),
        Field::new(
            "holdout",
            Shape::Key,
            "The holdout whose units get the safe variant.",
        ),
        Field::new(
            "sticky",
            Shape::Boolean,
            "True: units keep the variant that they drew first, as far as the host remembers it.",
        ),
        Field::new(
            "rules",
            Shape::List(&Shape::Object(&RULE), 0, MAX_RULES),
            "How it chooses: the first rule that decides wins.",
        ),
        Field::new(
            "ramp",
            Shape::Object(&RAMP),
            "The planned rise of one of its rules.",
        ),
    ],
    either: None,
};

/// Flags by key, each with a variant or a list of them.
pub(super) const VARIANTS_OF_FLAGS: Shape = Shape::Named(&Shape::Key, &Shape::OneOrMore(&Shape::Key), 1);

/// The types of flags.
pub const KINDS: &[(&str, Kind)] = &[
    ("boolean", Kind::Boolean),
    ("string", Kind::String),
    ("number", Kind::Number),
    ("object", Kind::Object),
];
const REVEALS: &[(&str, Reveal)] = &[
    ("rule", Reveal::Rule),
    ("value", Reveal::Value),
    ("none", Reveal::None),
];
const STATES: &[(&str, State)] = &[("on", State::On), ("off", State::Off), ("killed", State::Killed)];
const STABILITIES: &[(&str, Stability)] = &[
    ("live", Stability::Live),
    ("page", Stability::Page),
    ("session", Stability::Session),
];

/// Reads a flag. What is missing or wrong is an issue, and the flag is then not used.
pub(super) fn flag(_: &str, json: &Json, place: &Place<'_>, issues: &mut Issues) -> Flag {
    let mut flag = Flag::default();
    let Some(fields) = Fields::open(json, place, &FLAG, issues) else {
        return flag;
    };
    flag.labels = labels(&fields, issues);
    let mend = "say which: \"type\": \"boolean\", \"string\", \"number\" or \"object\"";
    let kind = fields.required_word("type", KINDS, mend, issues);
    flag.kind = kind.unwrap_or(flag.kind);
    flag.variants = variants(&fields, kind, issues);
    flag.reveal = fields
        .optional_word("reveal", REVEALS, issues)
        .unwrap_or(flag.reveal);
    flag.state = fields
        .optional_word("state", STATES, issues)
        .unwrap_or(flag.state);
    flag.stability = fields
        .optional_word("stability", STABILITIES, issues)
        .unwrap_or_default();
    flag.unit = fields.unit(issues);
    let mend = "name the variant that it gives when off or killed";
    if let Some(json) = fields.required("safe", mend, issues) {
        flag.safe = field::name(json, &fields.place("safe"), issues).unwrap_or_default();
    }
    flag.otherwise = fields
        .optional_name("otherwise", issues)
        .unwrap_or_else(|| flag.safe.clone());
    flag.overrides = overrides(&fields, issues);
    flag.requires = requires(&fields, issues);
    flag.holdout = fields.optional_name("holdout", issues);
    flag.sticky = fields
        .get("sticky")
        .and_then(|json| field::boolean(json, &fields.place("sticky"), issues))
        .unwrap_or(flag.sticky);
    flag.rules = rules(&fields, issues);
    flag.ramp = fields
        .get("ramp")
        .and_then(|json| ramp(json, &fields.place("ramp"), issues));
    flag
}

fn requires(fields: &Fields<'_>, issues: &mut Issues) -> Named<Vec<String>> {
    fields
        .get("requires")
        .and_then(|json| variants_of_flags(json, &fields.place("requires"), issues))
        .unwrap_or_default()
}

fn labels(fields: &Fields<'_>, issues: &mut Issues) -> Labels {
    Labels {
        description: fields.optional_text("description", issues).unwrap_or_default(),
        owner: fields.optional_text("owner", issues).unwrap_or_default(),
        tags: fields.texts("tags", field::text, issues),
    }
}

/// Reads flags with the variants that are asked of each.
pub(super) fn variants_of_flags(
    json: &Json,
    place: &Place<'_>,
    issues: &mut Issues,
) -> Option<Named<Vec<String>>> {
    let members = field::members(json, place, issues)?;
    if members.is_empty() {
        issues.add(
            place,
            "no flag is asked for",
            "name one, with the variant that it must give",
        );
        return None;
    }
    let read = |(key, json): &(String, Json)| {
        let variants = field::one_or_more(json, "variants", field::name, &place.at(Step::Name(key)), issues)?;
        Some((key.clone(), variants))
    };
    let flags: Vec<Option<(String, Vec<String>)>> = members.iter().map(read).collect();
    flags.into_iter().collect()
}

fn variants(fields: &Fields<'_>, kind: Option<Kind>, issues: &mut Issues) -> Named<Json> {
    let mend = "write them, such as \"variants\": { \"on\": true, \"off\": false }";
    let place = fields.place("variants");
    let Some(json) = fields.required("variants", mend, issues) else {
        return Vec::new();
    };
    let Some(members) = field::members(json, &place, issues) else {
        return Vec::new();
    };
    if members.is_empty() {
        issues.add(&place, "a flag needs one variant at least", mend);
    }
    if members.len() > MAX_VARIANTS {
        issues.add(
            &place,
            format!(
                "there are {} variants, and {MAX_VARIANTS} are allowed",
                members.len()
            ),
            "use fewer, or a flag for each purpose",
        );
    }
    for (name, value) in members {
        let place = place.at(Step::Name(name));
        name::check_key(name, &place, issues);
        check_order(name, &place, issues);
        if let Some(kind) = kind {
            check_value(value, kind, &place, issues);
        }
    }
    members.to_vec()
}

/// JavaScript moves members whose names are numbers to the front, and with them the slices of a split.
fn check_order(name: &str, place: &Place<'_>, issues: &mut Issues) {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        issues.add(
            place,
            "a variant's name may not be a number: tools that rewrite JSON would move it",
            format!("put a letter before it, such as `v{name}`"),
        );
    }
}

fn check_value(value: &Json, kind: Kind, place: &Place<'_>, issues: &mut Issues) {
    let (fits, wanted) = match kind {
        Kind::Boolean => (matches!(value, Json::Boolean(_)), "true or false"),
        Kind::String => (matches!(value, Json::Text(_)), "a string"),
        Kind::Number => (matches!(value, Json::Number(_)), "a number"),
        Kind::Object => (
            matches!(value, Json::Object(_) | Json::List(_)),
            "an object or a list",
        ),
    };
    if !fits {
        issues.add(
            place,
            format!(
                "the value is {}, and the flag's type wants {wanted}",
                value.kind()
            ),
            format!("write {wanted}, or change the flag's type"),
        );
    }
}

fn overrides(fields: &Fields<'_>, issues: &mut Issues) -> Named<Vec<String>> {
    let place = fields.place("overrides");
    let members = fields
        .get("overrides")
        .and_then(|json| field::members(json, &place, issues));
    let list = |(variant, json): &(String, Json)| {
        let units = field::units(json, &place.at(Step::Name(variant)), issues);
        (variant.clone(), units)
    };
    members.unwrap_or(&[]).iter().map(list).collect()
}

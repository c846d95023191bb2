//! The shape of flags and rules.

use super::Issues;
use super::condition::condition;
use super::field::{self, Fields, Place, Step};
use crate::bucket::WEIGHT_SCALE;
use crate::definition::{Choice, Flag, Named, Reveal, Rule};
use crate::json::Json;
use crate::ruleset::{Kind, State};

/// How many rules a flag may have.
pub const MAX_RULES: usize = 64;
/// How many variants a flag may have.
pub const MAX_VARIANTS: usize = 1_000;
/// What the weights of a split may sum to: above it, bounds are no longer exact in 64 bits.
pub const MAX_WEIGHT: u64 = 42_949;

const FLAG: &[&str] = &[
    "type",
    "description",
    "owner",
    "tags",
    "reveal",
    "unit",
    "variants",
    "safe",
    "state",
    "overrides",
    "rules",
    "otherwise",
];
const FLAG_LATER: &[&str] = &["requires", "holdout", "sticky", "ramp"];
const RULE: &[&str] = &[
    "id",
    "description",
    "where",
    "from",
    "until",
    "traffic",
    "serve",
    "split",
    "salt",
];
const RULE_LATER: &[&str] = &["layer"];

const KINDS: &[(&str, Kind)] = &[
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

/// Reads a flag. What is missing or wrong is an issue, and the flag is then not used.
pub fn flag(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Flag {
    let mut flag = Flag::default();
    let Some(fields) = Fields::open(json, place, FLAG, FLAG_LATER, issues) else {
        return flag;
    };
    read_labels(&fields, issues);
    let mend = "say which: \"type\": \"boolean\", \"string\", \"number\" or \"object\"";
    let kind = fields
        .required("type", mend, issues)
        .and_then(|json| field::one_of(json, KINDS, &fields.place("type"), issues));
    flag.kind = kind.unwrap_or(flag.kind);
    flag.variants = variants(&fields, kind, issues);
    flag.reveal = fields
        .optional_word("reveal", REVEALS, issues)
        .unwrap_or(flag.reveal);
    flag.state = fields
        .optional_word("state", STATES, issues)
        .unwrap_or(flag.state);
    if let Some(unit) = fields.optional_text("unit", issues) {
        field::check_attribute(&unit, &fields.place("unit"), issues);
        flag.unit = unit;
    }
    let mend = "name the variant that it gives when off or killed";
    if let Some(json) = fields.required("safe", mend, issues) {
        flag.safe = field::text(json, &fields.place("safe"), issues).unwrap_or_default();
    }
    flag.otherwise = fields
        .optional_text("otherwise", issues)
        .unwrap_or_else(|| flag.safe.clone());
    flag.overrides = overrides(&fields, issues);
    flag.rules = rules(&fields, issues);
    flag
}

/// Labels are for people: only their shape counts.
fn read_labels(fields: &Fields<'_>, issues: &mut Issues) {
    fields.optional_text("description", issues);
    fields.optional_text("owner", issues);
    let place = fields.place("tags");
    let tags = fields
        .get("tags")
        .and_then(|tags| field::list(tags, &place, issues));
    for (at, tag) in tags.unwrap_or(&[]).iter().enumerate() {
        field::text(tag, &place.at(Step::Index(at)), issues);
    }
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
        field::check_key(name, &place, issues);
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

fn rules(fields: &Fields<'_>, issues: &mut Issues) -> Vec<Rule> {
    let place = fields.place("rules");
    let items = fields
        .get("rules")
        .and_then(|json| field::list(json, &place, issues))
        .unwrap_or(&[]);
    if items.len() > MAX_RULES {
        issues.add(
            &place,
            format!("there are {} rules, and {MAX_RULES} are allowed", items.len()),
            "join rules that serve the same, or put their audiences into a segment",
        );
    }
    let read = |(at, json)| rule(json, at, &place.at(Step::Index(at)), issues);
    items.iter().enumerate().filter_map(read).collect()
}

fn rule(json: &Json, at: usize, place: &Place<'_>, issues: &mut Issues) -> Option<Rule> {
    let fields = Fields::open(json, place, RULE, RULE_LATER, issues)?;
    fields.optional_text("description", issues);
    let id = fields.optional_text("id", issues);
    if let Some(id) = &id {
        field::check_key(id, &fields.place("id"), issues);
    }
    let salt = fields.optional_text("salt", issues);
    if let Some(salt) = &salt {
        field::check_key(salt, &fields.place("salt"), issues);
    }
    let audience = fields
        .get("where")
        .and_then(|json| condition(json, &fields.place("where"), issues));
    Some(Rule {
        id: id.unwrap_or_else(|| format!("rule-{}", at + 1)),
        audience,
        from: instant(&fields, "from", issues),
        until: instant(&fields, "until", issues),
        layer: None,
        traffic: traffic(&fields, issues),
        choice: choice(&fields, issues)?,
        salt,
    })
}

/// Reads an instant: RFC 3339, or milliseconds since 1970.
fn instant(fields: &Fields<'_>, name: &'static str, issues: &mut Issues) -> Option<f64> {
    let json = fields.get(name)?;
    let instant = match json {
        Json::Number(number) => number.as_f64(),
        Json::Text(text) => crate::instant::parse(text.as_bytes()),
        _ => None,
    };
    if instant.is_none() {
        issues.add(
            &fields.place(name),
            format!("{json} is no instant"),
            "write it as 2026-11-01T00:00:00Z, or in milliseconds since 1970",
        );
    }
    instant
}

fn traffic(fields: &Fields<'_>, issues: &mut Issues) -> Option<u32> {
    let json = fields.get("traffic")?;
    let scaled = match json {
        Json::Number(number) => field::scaled(number),
        _ => None,
    };
    let percent = scaled.filter(|scaled| *scaled <= 100 * WEIGHT_SCALE);
    if percent.is_none() {
        issues.add(
            &fields.place("traffic"),
            format!("{json} is no share of the traffic"),
            "write a percentage from 0 to 100 with up to five decimals",
        );
    }
    percent.and_then(|percent| u32::try_from(percent).ok())
}

fn choice(fields: &Fields<'_>, issues: &mut Issues) -> Option<Choice> {
    match (fields.get("serve"), fields.get("split")) {
        (Some(json), None) => field::text(json, &fields.place("serve"), issues).map(Choice::Serve),
        (None, Some(json)) => split(json, &fields.place("split"), issues).map(Choice::Split),
        (Some(_), Some(_)) => {
            issues.add(
                &fields.own(),
                "a rule has `serve` or `split`, not both",
                "remove one of the two",
            );
            None
        }
        (None, None) => {
            issues.add(
                &fields.own(),
                "the rule gives nothing",
                "add `serve` with a variant, or `split` with weights",
            );
            None
        }
    }
}

fn split(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Vec<(String, u32)>> {
    let members = field::members(json, place, issues)?;
    let mut slices = Vec::with_capacity(members.len());
    let mut total = 0_u64;
    for (variant, json) in members {
        let scaled = match json {
            Json::Number(number) => field::scaled(number),
            _ => None,
        };
        let weight = scaled.and_then(|scaled| u32::try_from(scaled).ok());
        let Some(weight) = weight else {
            issues.add(
                &place.at(Step::Name(variant)),
                format!("{json} is no weight"),
                format!("write a number from 0 to {MAX_WEIGHT} with up to five decimals"),
            );
            continue;
        };
        total += u64::from(weight);
        slices.push((variant.clone(), weight));
    }
    if total == 0 {
        issues.add(
            place,
            "the weights sum to nothing",
            "give one variant a weight at least",
        );
    }
    if total > MAX_WEIGHT * WEIGHT_SCALE {
        issues.add(
            place,
            format!("the weights sum to more than {MAX_WEIGHT}"),
            "divide them all by the same number: only their ratio counts",
        );
    }
    Some(slices)
}

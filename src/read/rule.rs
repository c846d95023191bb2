//! The shape of rules.

use super::Issues;
use super::condition::condition;
use super::field::{self, Fields};
use super::place::{Place, Step};
use super::shape::{Field, Object, Shape};
use crate::bucket::WEIGHT_SCALE;
use crate::definition::{Choice, LayerRange, Rule};
use crate::json::Json;

/// How many rules a flag may have.
pub const MAX_RULES: usize = 64;
/// What the weights of a split may sum to: above it, bounds are no longer exact in 64 bits.
pub const MAX_WEIGHT: u64 = 42_949;

/// A range of percent, of which the end is not a part.
pub(super) const RANGE: Shape = Shape::pair(&Shape::Share(100));

/// One step of how a flag chooses.
pub const RULE: Object = Object {
    name: "rule",
    fields: &[
        Field::new(
            "id",
            Shape::Key,
            "The rule's name in answers; `rule-N` by default, N its position from 1.",
        ),
        Field::new("description", Shape::Text, "What it is for; people read it."),
        Field::new(
            "where",
            Shape::Condition,
            "Whom the rule concerns; everybody by default.",
        ),
        Field::new("from", Shape::Instant, "The instant from which it holds."),
        Field::new(
            "until",
            Shape::Instant,
            "The instant until which it holds, and at which it no longer does.",
        ),
        Field::new(
            "layer",
            Shape::Object(&LAYER_RANGE),
            "The part of a layer in which it holds.",
        ),
        Field::new(
            "traffic",
            Shape::Share(100),
            "The percentage of its audience that it admits; everybody by default.",
        ),
        Field::new("serve", Shape::Key, "The variant that it gives."),
        Field::new(
            "split",
            Shape::Named(&Shape::Key, &Shape::Share(MAX_WEIGHT), 1),
            "The variants that it gives, by weight; only the ratio counts.",
        ),
        Field::new(
            "salt",
            Shape::Key,
            "What its draws are salted with; the flag's key by default.",
        ),
    ],
    either: Some(["serve", "split"]),
};

/// A part of a layer.
pub const LAYER_RANGE: Object = Object {
    name: "layer-range",
    fields: &[
        Field::required("name", Shape::Key, "The layer."),
        Field::required(
            "range",
            RANGE,
            "Where it begins and ends, in percent; the end does not belong to it.",
        ),
    ],
    either: None,
};

/// Reads the rules of a flag. One that cannot be read keeps its place, so that the others keep theirs.
pub(super) fn rules(fields: &Fields<'_>, issues: &mut Issues) -> Vec<Rule> {
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
    items.iter().enumerate().map(read).collect()
}

fn rule(json: &Json, at: usize, place: &Place<'_>, issues: &mut Issues) -> Rule {
    let mut rule = Rule {
        id: format!("rule-{}", at + 1),
        audience: None,
        from: None,
        until: None,
        layer: None,
        traffic: None,
        choice: Choice::Split(Vec::new()),
        salt: None,
    };
    let Some(fields) = Fields::open(json, place, &RULE, issues) else {
        return rule;
    };
    fields.optional_text("description", issues);
    rule.id = fields.optional_key("id", issues).unwrap_or(rule.id);
    rule.salt = fields.optional_key("salt", issues);
    rule.audience = fields
        .get("where")
        .and_then(|json| condition(json, &fields.place("where"), issues));
    rule.from = fields.instant("from", issues);
    rule.until = fields.instant("until", issues);
    rule.layer = fields
        .get("layer")
        .and_then(|json| layer(json, &fields.place("layer"), issues));
    rule.traffic = fields
        .get("traffic")
        .and_then(|json| field::percent(json, "the traffic", &fields.place("traffic"), issues));
    rule.choice = choice(&fields, issues).unwrap_or(rule.choice);
    rule
}

fn layer(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<LayerRange> {
    let fields = Fields::open(json, place, &LAYER_RANGE, issues)?;
    let name = fields
        .required("name", "name the layer", issues)
        .and_then(|json| field::text(json, &fields.place("name"), issues));
    let range = fields
        .required(
            "range",
            "write where it begins and ends, such as \"range\": [0, 50]",
            issues,
        )
        .and_then(|json| field::range(json, &fields.place("range"), issues));
    Some(LayerRange {
        name: name?,
        range: range?,
    })
}

fn choice(fields: &Fields<'_>, issues: &mut Issues) -> Option<Choice> {
    let mend = "add `serve` with a variant, or `split` with weights";
    match fields.either(["serve", "split"], "a rule", mend, issues)? {
        ("serve", json) => field::text(json, &fields.place("serve"), issues).map(Choice::Serve),
        (_, json) => split(json, &fields.place("split"), issues).map(Choice::Split),
    }
}

fn split(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Vec<(String, u32)>> {
    let members = field::members(json, place, issues)?;
    let mut slices = Vec::with_capacity(members.len());
    let mut total = 0_u64;
    for (variant, json) in members {
        let weight = field::scaled(json).and_then(|scaled| u32::try_from(scaled).ok());
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
    // A weight that could not be read has said so.
    if total == 0 && slices.len() == members.len() {
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

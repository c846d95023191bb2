//! The shape of what flags refer to: segments, layers, holdouts and metrics.

use super::condition::condition;
use super::field::{self, Fields};
use super::place::Place;
use super::shape::{Field, Object, Shape, words};
use super::{Issues, MAX_LIST};
use crate::definition::{Holdout, Layer, Metric, MetricKind, Segment, Worse};
use crate::json::Json;

const UNITS: Shape = Shape::List(&Shape::Unit, 0, MAX_LIST);
const DESCRIPTION: Field = Field::new("description", Shape::Text, "What it is for; people read it.");
const UNIT: Field = Field::new(
    "unit",
    Shape::Attribute,
    "The attribute that is bucketed; `userId` by default.",
);
const SALT: Field = Field::new(
    "salt",
    Shape::Key,
    "What the draw is salted with; its name by default.",
);

/// A reusable audience.
pub const SEGMENT: Object = Object {
    name: "segment",
    fields: &[
        DESCRIPTION,
        Field::new(
            "unit",
            Shape::Attribute,
            "The attribute that `include` and `exclude` list values of; `userId` by default.",
        ),
        Field::new("include", UNITS, "Units that belong to it, whatever else holds."),
        Field::new(
            "exclude",
            UNITS,
            "Units that do not belong to it, whatever `where` says.",
        ),
        Field::new(
            "where",
            Shape::Condition,
            "Who else belongs to it; nobody by default.",
        ),
    ],
    either: None,
};

/// A space in which experiments exclude each other.
pub const LAYER: Object = Object {
    name: "layer",
    fields: &[DESCRIPTION, UNIT, SALT],
    either: None,
};

/// A share of units that is kept out.
pub const HOLDOUT: Object = Object {
    name: "holdout",
    fields: &[
        DESCRIPTION,
        UNIT,
        SALT,
        Field::required(
            "percent",
            Shape::Share(100),
            "How many of the units are kept out, in percent.",
        ),
    ],
    either: None,
};

/// What is measured.
pub const METRIC: Object = Object {
    name: "metric",
    fields: &[
        DESCRIPTION,
        Field::required(
            "kind",
            Shape::Word(|| words(KINDS)),
            "What its values are: `occurrence`, `duration` (in milliseconds) or `amount`.",
        ),
        Field::required(
            "worse",
            Shape::Word(|| words(WORSE)),
            "In which direction it gets worse.",
        ),
    ],
    either: None,
};

const KINDS: &[(&str, MetricKind)] = &[
    ("occurrence", MetricKind::Occurrence),
    ("duration", MetricKind::Duration),
    ("amount", MetricKind::Amount),
];
const WORSE: &[(&str, Worse)] = &[
    ("more", Worse::More),
    ("less", Worse::Less),
    ("fewer", Worse::Less),
];

/// Reads a segment.
pub(super) fn segment(_: &str, json: &Json, place: &Place<'_>, issues: &mut Issues) -> Segment {
    let Some(fields) = Fields::open(json, place, &SEGMENT, issues) else {
        return Segment::default();
    };
    fields.optional_text("description", issues);
    Segment {
        unit: fields.unit(issues),
        include: units(&fields, "include", issues),
        exclude: units(&fields, "exclude", issues),
        audience: fields
            .get("where")
            .and_then(|json| condition(json, &fields.place("where"), issues)),
    }
}

fn units(fields: &Fields<'_>, name: &'static str, issues: &mut Issues) -> Vec<String> {
    match fields.get(name) {
        Some(json) => field::units(json, &fields.place(name), issues),
        None => Vec::new(),
    }
}

/// Reads a layer, which is salted with its name unless it says otherwise.
pub(super) fn layer(name: &str, json: &Json, place: &Place<'_>, issues: &mut Issues) -> Layer {
    let Some(fields) = Fields::open(json, place, &LAYER, issues) else {
        return Layer::default();
    };
    fields.optional_text("description", issues);
    let salt = fields.optional_key("salt", issues);
    Layer {
        unit: fields.unit(issues),
        salt: salt.unwrap_or_else(|| name.to_owned()),
    }
}

/// Reads a holdout, which is salted with its name unless it says otherwise.
pub(super) fn holdout(name: &str, json: &Json, place: &Place<'_>, issues: &mut Issues) -> Holdout {
    let Some(fields) = Fields::open(json, place, &HOLDOUT, issues) else {
        return Holdout::default();
    };
    fields.optional_text("description", issues);
    let salt = fields.optional_key("salt", issues);
    let percent = fields
        .required(
            "percent",
            "say how many are kept out, such as \"percent\": 2",
            issues,
        )
        .and_then(|json| field::percent(json, "the units", &fields.place("percent"), issues));
    Holdout {
        unit: fields.unit(issues),
        salt: salt.unwrap_or_else(|| name.to_owned()),
        percent: percent.unwrap_or_default(),
    }
}

/// Reads a metric.
pub(super) fn metric(_: &str, json: &Json, place: &Place<'_>, issues: &mut Issues) -> Metric {
    let mut metric = Metric {
        kind: MetricKind::Occurrence,
        worse: Worse::More,
    };
    let Some(fields) = Fields::open(json, place, &METRIC, issues) else {
        return metric;
    };
    fields.optional_text("description", issues);
    let mend = "say which: \"kind\": \"occurrence\", \"duration\" or \"amount\"";
    metric.kind = fields
        .required_word("kind", KINDS, mend, issues)
        .unwrap_or(metric.kind);
    let mend = "say in which direction it gets worse: \"worse\": \"more\" or \"less\"";
    metric.worse = fields
        .required_word("worse", WORSE, mend, issues)
        .unwrap_or(metric.worse);
    metric
}

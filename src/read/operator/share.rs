//! The part of all points that a unit falls into.

use super::{Asked, object};
use crate::definition::{Check, Condition};
use crate::read::condition::Reader;
use crate::read::field::{self, Fields};
use crate::read::name::check_key;
use crate::read::rule::RANGE;
use crate::read::shape::{Field, Object, Shape};

/// A part of all points, under a salt.
pub const PERCENT: Object = object(
    "percent",
    &[
        Field::required("salt", Shape::Key, "What the draw is salted with."),
        Field::required(
            "range",
            RANGE,
            "Where the part begins and ends, in percent; the end does not belong to it.",
        ),
    ],
);

pub(super) fn percent(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let issues = &mut *reader.issues;
    let fields = Fields::open(asked.json, asked.place, &PERCENT, issues)?;
    let salt = fields
        .required(
            "salt",
            "say what the draw is salted with, such as \"salt\": \"spring\"",
            issues,
        )
        .and_then(|json| field::text(json, &fields.place("salt"), issues));
    if let Some(salt) = &salt {
        check_key(salt, &fields.place("salt"), issues);
    }
    let range = fields
        .required(
            "range",
            "write where it begins and ends, such as \"range\": [0, 20]",
            issues,
        )
        .and_then(|json| field::range(json, &fields.place("range"), issues));
    Some(asked.test(Check::Percent {
        salt: salt?,
        range: range?,
    }))
}

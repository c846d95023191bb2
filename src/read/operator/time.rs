//! Operators on instants.

use super::{Asked, DAYS as DAY_LIST, HOURS as HOUR_PAIR, object};
use crate::definition::{Check, Condition, Span};
use crate::instant::offset;
use crate::json::Json;
use crate::read::Issues;
use crate::read::condition::Reader;
use crate::read::field::{self, Fields};
use crate::read::place::{Place, Step};
use crate::read::shape::{Field, Object, Shape};

/// The days of the week, with the bit of each.
pub(super) const DAYS: &[(&str, u8)] = &[
    ("mon", 1),
    ("tue", 2),
    ("wed", 4),
    ("thu", 8),
    ("fri", 16),
    ("sat", 32),
    ("sun", 64),
];

/// How many hours a day has.
pub(super) const HOURS: u64 = 24;

const OFFSET: Field = Field::new("offset", Shape::Offset, "How far east of UTC, such as `+01:00`.");

/// A span that moves with the instant of the evaluation.
pub const SPAN: Object = Object {
    name: "span",
    fields: &[
        Field::new(
            "last",
            Shape::Duration,
            "At most so long before the instant of the evaluation.",
        ),
        Field::new(
            "next",
            Shape::Duration,
            "At most so long after the instant of the evaluation.",
        ),
    ],
    either: Some(["last", "next"]),
};

/// Days at an offset.
pub const WEEKDAY: Object = object(
    "weekday",
    &[Field::required("days", DAY_LIST, "The days."), OFFSET],
);

/// Hours at an offset.
pub const HOUR: Object = object(
    "hour",
    &[
        Field::required(
            "range",
            HOUR_PAIR,
            "The first hour, and the first that no longer belongs to it.",
        ),
        OFFSET,
    ],
);

pub(super) fn before(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let instant = field::instant(asked.json, asked.place, reader.issues)?;
    Some(asked.test(Check::Instant(Span::Before(instant))))
}

pub(super) fn after(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let instant = field::instant(asked.json, asked.place, reader.issues)?;
    Some(asked.test(Check::Instant(Span::After(instant))))
}

pub(super) fn within(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let span = match asked.json {
        Json::Object(_) => relative(asked, reader.issues)?,
        _ => absolute(asked, reader.issues)?,
    };
    Some(asked.test(Check::Instant(span)))
}

fn relative(asked: &Asked<'_>, issues: &mut Issues) -> Option<Span> {
    let fields = Fields::open(asked.json, asked.place, &SPAN, issues)?;
    let mend = "write { \"last\": \"30d\" } or { \"next\": \"12h\" }";
    let (name, json) = fields.either(["last", "next"], "a span", mend, issues)?;
    let length = field::duration(json, &fields.place(name), issues)?;
    Some(if name == "last" {
        Span::Last(length)
    } else {
        Span::Next(length)
    })
}

fn absolute(asked: &Asked<'_>, issues: &mut Issues) -> Option<Span> {
    let Some([from, until]) = pair(asked.json) else {
        let mend = "write two instants, such as [\"2026-11-01T00:00:00Z\", \"2026-12-01T00:00:00Z\"], or { \"last\": \"30d\" }";
        issues.add(asked.place, "`within` takes two instants, or a span", mend);
        return None;
    };
    let from = field::instant(from, &asked.place.at(Step::Index(0)), issues);
    let until = field::instant(until, &asked.place.at(Step::Index(1)), issues);
    let (from, until) = (from?, until?);
    if from >= until {
        let mend = "put the earlier instant first";
        issues.add(asked.place, "no instant is within these two", mend);
        return None;
    }
    Some(Span::Within(from, until))
}

pub(super) fn weekday(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let (days, offset) = with_offset(asked, &WEEKDAY, days, reader.issues)?;
    Some(asked.test(Check::Weekday { days, offset }))
}

pub(super) fn hour(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let ([from, until], offset) = with_offset(asked, &HOUR, hours, reader.issues)?;
    Some(asked.test(Check::Hour { from, until, offset }))
}

/// Reads an operand that is a list, or an object in which the list stands beside an offset.
fn with_offset<T>(
    asked: &Asked<'_>,
    object: &Object,
    read: fn(&Json, &Place<'_>, &mut Issues) -> Option<T>,
    issues: &mut Issues,
) -> Option<(T, i32)> {
    let Json::Object(_) = asked.json else {
        return Some((read(asked.json, asked.place, issues)?, 0));
    };
    let fields = Fields::open(asked.json, asked.place, object, issues)?;
    let name = object.fields.first()?.name;
    let list = fields
        .required(name, "write them beside the offset", issues)
        .and_then(|json| read(json, &fields.place(name), issues));
    let offset = match fields.get("offset") {
        Some(json) => zone(json, &fields.place("offset"), issues)?,
        None => 0,
    };
    Some((list?, offset))
}

fn zone(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<i32> {
    let minutes = match json {
        Json::Text(text) => offset(text.as_bytes()).and_then(|minutes| i32::try_from(minutes).ok()),
        _ => None,
    };
    if minutes.is_none() {
        let mend = "write it as +01:00, -05:30 or Z";
        issues.add(place, format!("{json} is no offset"), mend);
    }
    minutes
}

fn days(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<u8> {
    let items = field::list(json, place, issues)?;
    if items.is_empty() {
        issues.add(place, "the list of days is empty", "name one at least");
        return None;
    }
    let read = |(at, json)| field::one_of(json, DAYS, &place.at(Step::Index(at)), issues);
    let days: Vec<Option<u8>> = items.iter().enumerate().map(read).collect();
    days.into_iter().try_fold(0, |days, day| Some(days | day?))
}

fn hours(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<[u8; 2]> {
    let hour = |json: &Json, most: u64| match json {
        Json::Number(number) => number.as_u64().filter(|hour| *hour <= most),
        _ => None,
    };
    let hours = pair(json).and_then(|[from, until]| {
        let (from, until) = (hour(from, HOURS - 1)?, hour(until, HOURS)?);
        Some([u8::try_from(from).ok()?, u8::try_from(until).ok()?])
    });
    match hours {
        Some([from, until]) if from == until => {
            let mend = "write [0, 24] for the whole day";
            issues.add(place, format!("no hour is from {from} until {until}"), mend);
            None
        }
        Some(hours) => Some(hours),
        None => {
            let mend = "write two whole numbers: the first hour, from 0 to 23, and the first that no longer belongs to it, up to 24";
            issues.add(place, format!("{json} is no range of hours"), mend);
            None
        }
    }
}

fn pair(json: &Json) -> Option<[&Json; 2]> {
    match json {
        Json::List(items) => match items.as_slice() {
            [first, second] => Some([first, second]),
            _ => None,
        },
        _ => None,
    }
}

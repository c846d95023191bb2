//! Operators on lists.

use super::number::bounds;
use super::{Asked, object, value};
use crate::definition::{Check, Condition};
use crate::json::Json;
use crate::read::condition::{Reader, all, negate};
use crate::read::field::{self, Fields};
use crate::read::shape::{Field, Object, Shape};

/// How deep lists may stand in lists.
pub const MAX_LISTS: usize = 4;
/// How many entries `allOf` may have: each is a pass over the list.
pub const MAX_ALL_OF: usize = 100;
/// The largest size that can be asked for.
pub(super) const MAX_SIZE: u64 = u32::MAX as u64;

/// How many elements a list has.
pub const SIZE: Object = object(
    "size",
    &[
        Field::new("equals", Shape::Number, "It has so many elements."),
        Field::new("lessThan", Shape::Number, "It has fewer."),
        Field::new("atMost", Shape::Number, "It has no more."),
        Field::new("greaterThan", Shape::Number, "It has more."),
        Field::new("atLeast", Shape::Number, "It has no fewer."),
        Field::new(
            "between",
            Shape::pair(&Shape::Number),
            "It has no fewer than the first and no more than the second.",
        ),
    ],
);

pub(super) fn any_of(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    inside(reader, asked, |reader| {
        let element = value::one_of(reader, &of_element(asked, asked.json))?;
        Some(has(asked, element))
    })
}

pub(super) fn all_of(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    inside(reader, asked, |reader| {
        value::members(reader, asked)?;
        let items = field::list(asked.json, asked.place, reader.issues)?;
        if items.len() > MAX_ALL_OF {
            let message = format!(
                "the list has {} entries, and {MAX_ALL_OF} are allowed",
                items.len()
            );
            let mend = "ask for fewer at once, or give the people an attribute that says it";
            reader.issues.add(asked.place, message, mend);
            return None;
        }
        let each = |json| {
            let element = value::equals(reader, &of_element(asked, json))?;
            Some(has(asked, element))
        };
        all(items.iter().map(each).collect())
    })
}

pub(super) fn none_of(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let any = any_of(reader, asked)?;
    Some(Condition::All(vec![is_list(asked), negate(any)]))
}

pub(super) fn some(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    inside(reader, asked, |reader| {
        let element = reader.condition(asked.json, asked.place)?;
        Some(has(asked, element))
    })
}

pub(super) fn every(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    inside(reader, asked, |reader| {
        let element = reader.condition(asked.json, asked.place)?;
        let other = has(asked, negate(element));
        Some(Condition::All(vec![is_list(asked), negate(other)]))
    })
}

pub(super) fn size(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let interval = inside(reader, asked, |reader| match asked.json {
        Json::Object(_) => sizes(reader, asked),
        json => {
            let size = field::number(json, asked.place, reader.issues)?;
            Some((size, size))
        }
    });
    let (least, most) = interval?;
    let (least, most) = (least.ceil().max(0.0), most.floor().min(f64::from(u32::MAX)));
    if least > most {
        let mend = "let the lower end be a whole number that is not over the upper one";
        reader.issues.add(asked.place, "no list has such a size", mend);
        return None;
    }
    // Whole numbers in range, by the checks above.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let check = Check::Size(least as u32, most as u32);
    Some(asked.test(check))
}

/// Reads comparisons of a size, and joins them to one interval of both ends.
fn sizes(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<(f64, f64)> {
    let fields = Fields::open(asked.json, asked.place, &SIZE, reader.issues)?;
    if asked.json == &Json::Object(Vec::new()) {
        let mend = "write a number, or a comparison such as { \"atLeast\": 2 }";
        reader
            .issues
            .add(asked.place, "nothing is asked of the size", mend);
        return None;
    }
    let (mut least, mut most) = (0.0_f64, f64::INFINITY);
    for field in SIZE.fields {
        if let Some(json) = fields.get(field.name) {
            let place = &fields.place(field.name);
            let (low, high) = interval(
                reader,
                field.name,
                &Asked {
                    json,
                    place,
                    ..*asked
                },
            )?;
            (least, most) = (least.max(low), most.min(high));
        }
    }
    Some((least, most))
}

/// Returns the smallest and the largest size that one comparison allows.
fn interval(reader: &mut Reader<'_>, name: &str, asked: &Asked<'_>) -> Option<(f64, f64)> {
    if name == "between" {
        return bounds(reader, asked);
    }
    let number = field::number(asked.json, asked.place, reader.issues)?;
    Some(match name {
        "lessThan" => (0.0, number.ceil() - 1.0),
        "atMost" => (0.0, number),
        "greaterThan" => (number.floor() + 1.0, f64::INFINITY),
        "atLeast" => (number, f64::INFINITY),
        _ => (number, number),
    })
}

/// Reads what is asked of a list, which may stand in so many others.
fn inside<T>(
    reader: &mut Reader<'_>,
    asked: &Asked<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Option<T> {
    if reader.lists == MAX_LISTS {
        let message = format!("lists stand in lists more than {MAX_LISTS} deep");
        let mend = "give the context an attribute that says it in fewer lists";
        reader.issues.add(asked.place, message, mend);
        return None;
    }
    reader.lists += 1;
    let result = read(reader);
    reader.lists -= 1;
    result
}

/// Returns the same of the element itself.
fn of_element<'a>(asked: &Asked<'a>, json: &'a Json) -> Asked<'a> {
    Asked {
        attribute: "",
        json,
        ..*asked
    }
}

fn has(asked: &Asked<'_>, element: Condition) -> Condition {
    asked.test(Check::Some(Box::new(element)))
}

fn is_list(asked: &Asked<'_>) -> Condition {
    asked.test(Check::Size(0, u32::MAX))
}

//! Operators on numbers.

use super::Asked;
use crate::definition::{Check, Condition};
use crate::digits::whole;
use crate::json::Json;
use crate::operator::number::Comparison;
use crate::read::condition::Reader;
use crate::read::field::{self, as_f64};

pub(super) fn less_than(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    compare(reader, asked, Comparison::LessThan)
}

pub(super) fn at_most(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    compare(reader, asked, Comparison::AtMost)
}

pub(super) fn greater_than(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    compare(reader, asked, Comparison::GreaterThan)
}

pub(super) fn at_least(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    compare(reader, asked, Comparison::AtLeast)
}

fn compare(reader: &mut Reader<'_>, asked: &Asked<'_>, comparison: Comparison) -> Option<Condition> {
    let number = field::number(asked.json, asked.place, reader.issues)?;
    Some(asked.test(Check::Compare(comparison, number)))
}

pub(super) fn between(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let (low, high) = bounds(reader, asked)?;
    Some(asked.test(Check::Between(low, high)))
}

/// Reads two numbers, the smaller first.
pub(super) fn bounds(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<(f64, f64)> {
    let Some((low, high)) = pair(asked.json) else {
        let mend = "write it as [18, 65]; both ends belong to it";
        reader
            .issues
            .add(asked.place, "`between` takes two numbers", mend);
        return None;
    };
    if low > high {
        let message = format!("nothing is between {low} and {high}");
        reader
            .issues
            .add(asked.place, message, "put the smaller number first");
        return None;
    }
    Some((low, high))
}

pub(super) fn modulo(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let numbers = pair(asked.json);
    let Some((divisor, remainder)) = numbers.filter(|(one, other)| is_whole(*one) && is_whole(*other)) else {
        let mend = "write the divisor and the remainder, such as [10, 3]";
        reader
            .issues
            .add(asked.place, "`modulo` takes two whole numbers", mend);
        return None;
    };
    if remainder.abs() >= divisor.abs() {
        let message = format!("no number leaves {remainder} when it is divided by {divisor}");
        let mend = "let the remainder be smaller than the divisor, which may not be 0";
        reader.issues.add(asked.place, message, mend);
        return None;
    }
    Some(asked.test(Check::Modulo(divisor, remainder)))
}

fn is_whole(number: f64) -> bool {
    whole(number).is_some()
}

fn pair(json: &Json) -> Option<(f64, f64)> {
    let Json::List(items) = json else {
        return None;
    };
    match items.as_slice() {
        [Json::Number(first), Json::Number(second)] => Some((as_f64(first), as_f64(second))),
        _ => None,
    }
}

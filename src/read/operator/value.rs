//! Operators on values of any type.

use super::Asked;
use crate::definition::{Check, Condition};
use crate::json::Json;
use crate::operator::text::Letters;
use crate::read::condition::{self, Reader, negate};
use crate::read::field::{self, as_f64};
use crate::read::place::Step;

pub(in crate::read) fn equals(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let (message, mend) = match asked.json {
        Json::Null => (
            "null is never equal to anything".to_owned(),
            "write { \"exists\": false }",
        ),
        Json::List(_) | Json::Object(_) => (
            format!("{} cannot be compared", asked.json.kind()),
            "use `in` with a list of strings, numbers or booleans",
        ),
        scalar => {
            let mut members = Members::default();
            members.take(scalar);
            return Some(members.test(asked));
        }
    };
    reader.issues.add(asked.place, message, mend);
    None
}

/// Reads a list of values of any scalar type: the attribute is one of them.
pub(in crate::read) fn one_of(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    Some(members(reader, asked)?.test(asked))
}

/// Reads a list of values that is not empty.
pub(super) fn members(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Members> {
    let items = field::list(asked.json, asked.place, reader.issues)?;
    if items.is_empty() {
        let mend = "add a value, or remove the condition";
        reader
            .issues
            .add(asked.place, "nothing is in an empty list", mend);
        return None;
    }
    let mut members = Members::default();
    for (at, item) in items.iter().enumerate() {
        if !members.take(item) {
            let message = format!("{} cannot be in a list of values", item.kind());
            let place = asked.place.at(Step::Index(at));
            let mend = "write a string, a number or a boolean";
            reader.issues.add(&place, message, mend);
            return None;
        }
    }
    Some(members)
}

pub(super) fn exists(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let wanted = field::boolean(asked.json, asked.place, reader.issues)?;
    let exists = asked.test(Check::Exists);
    Some(if wanted { exists } else { negate(exists) })
}

pub(super) fn not(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let inner = reader.deeper(asked.place, |reader| match asked.json {
        Json::List(_) => one_of(reader, asked),
        Json::Object(_) => reader.attribute(asked.attribute, asked.json, asked.place),
        _ => equals(reader, asked),
    });
    inner.map(negate)
}

/// The members of a list, by type.
#[derive(Default)]
pub(super) struct Members {
    texts: Vec<String>,
    numbers: Vec<f64>,
    booleans: Vec<bool>,
}

impl Members {
    /// Takes a member in, or returns false where it cannot be compared.
    fn take(&mut self, json: &Json) -> bool {
        match json {
            Json::Text(text) => self.texts.push(text.clone()),
            Json::Number(number) => self.numbers.push(as_f64(number)),
            Json::Boolean(boolean) => self.booleans.push(*boolean),
            Json::Null | Json::List(_) | Json::Object(_) => return false,
        }
        true
    }

    /// Returns the condition that the attribute is one of them.
    pub(super) fn test(self, asked: &Asked<'_>) -> Condition {
        let tests = self.checks(asked.letters).into_iter();
        condition::one_of(tests.map(|check| asked.test(check)).collect())
    }

    fn checks(self, letters: Letters) -> Vec<Check> {
        let mut checks: Vec<Check> = self.booleans.into_iter().map(Check::Is).collect();
        if !self.texts.is_empty() {
            checks.push(Check::TextIn {
                members: self.texts,
                letters,
            });
        }
        if !self.numbers.is_empty() {
            checks.push(Check::NumberIn(self.numbers));
        }
        checks
    }
}

//! A JSON object to a context, by the same rules as the JavaScript wrapper.

use core::fmt;

use crate::context::{Attribute, Context, MAX_BYTES, SLOT_BYTES, Writer};
use crate::id::{AttributeId, Slot};
use crate::json::Json;
use crate::ruleset::Ruleset;

/// Why a value cannot be a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no object.
    NotAnObject,
    /// The attributes that the rules read are too long.
    TooLarge,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => {
                out.write_str("the context is no object; write one, such as {\"userId\": \"u-1\"}")
            }
            Self::TooLarge => write!(
                out,
                "the attributes that the rules read have more than {MAX_BYTES} bytes; shorten them",
            ),
        }
    }
}

/// Copies the attributes that the ruleset reads.
///
/// # Errors
///
/// The value is no object, or what is read of it is too large.
pub fn context(ruleset: &Ruleset, json: &Json) -> Result<Context, Fault> {
    if !matches!(json, Json::Object(_)) {
        return Err(Fault::NotAnObject);
    }
    let mut reader = Reader {
        ruleset,
        writer: Writer::new(ruleset.attributes().len()),
    };
    if reader.row(None, 0, json) {
        Ok(reader.writer.finish())
    } else {
        Err(Fault::TooLarge)
    }
}

struct Reader<'a> {
    ruleset: &'a Ruleset,
    writer: Writer,
}

impl Reader<'_> {
    /// Writes what is read of a context or an element, and returns false when that is too large.
    fn row(&mut self, list: Option<AttributeId>, row: u32, json: &Json) -> bool {
        let ids = (0..).map(AttributeId).zip(self.ruleset.attributes());
        ids.filter(|(_, attribute)| attribute.parent == list)
            .all(|(id, attribute)| {
                let value = match self.ruleset.text(attribute.path) {
                    "" => Some(json),
                    path => find(json, path),
                };
                match value {
                    Some(Json::List(items)) => self.list(id, row, attribute.slot, items),
                    value => self.writer.put(row, attribute.slot, scalar(value)),
                }
            })
    }

    fn list(&mut self, id: AttributeId, row: u32, slot: Slot, items: &[Json]) -> bool {
        let attributes = self.ruleset.attributes().iter();
        let children = attributes
            .filter(|attribute| attribute.parent == Some(id))
            .count();
        let [length, children] =
            [items.len(), children].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let Some(mut at) = self.writer.list(row, slot, length, children) else {
            return false;
        };
        for item in items.iter().filter(|_| children > 0) {
            if !self.row(Some(id), at, item) {
                return false;
            }
            at += children * SLOT_BYTES;
        }
        true
    }
}

/// A member whose own name has dots comes before a path into nested objects; an earlier assignment is named by its flag's key.
fn find<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    if let Some(flag) = path.strip_prefix("$sticky.") {
        return json.get("$sticky")?.get(flag);
    }
    let nested = || path.split('.').try_fold(json, |json, name| json.get(name));
    json.get(path).or_else(nested)
}

fn scalar(json: Option<&Json>) -> Attribute<'_> {
    match json {
        None | Some(Json::Null) => Attribute::Absent,
        Some(Json::Boolean(boolean)) => Attribute::Boolean(*boolean),
        Some(Json::Number(number)) => number.as_f64().map_or(Attribute::Absent, Attribute::Number),
        Some(Json::Text(text)) => Attribute::Text(text.as_bytes()),
        // Lists were written before.
        Some(Json::List(_) | Json::Object(_)) => Attribute::Other,
    }
}

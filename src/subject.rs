//! A JSON object to a context, by the same rules as the JavaScript wrapper.

use core::fmt;

use crate::context::{Attribute, Context, MAX_BYTES, Writer};
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
    let mut writer = Writer::new(ruleset.attributes().count());
    for (slot, path) in (0..).zip(ruleset.attributes()) {
        if !writer.put(0, slot, attribute(find(json, path))) {
            return Err(Fault::TooLarge);
        }
    }
    Ok(writer.finish())
}

/// A member whose own name has dots comes before a path into nested objects.
fn find<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    let nested = || path.split('.').try_fold(json, |json, name| json.get(name));
    json.get(path).or_else(nested)
}

fn attribute(json: Option<&Json>) -> Attribute<'_> {
    match json {
        None | Some(Json::Null) => Attribute::Absent,
        Some(Json::Boolean(boolean)) => Attribute::Boolean(*boolean),
        Some(Json::Number(number)) => number.as_f64().map_or(Attribute::Absent, Attribute::Number),
        Some(Json::Text(text)) => Attribute::Text(text.as_bytes()),
        Some(Json::List(_) | Json::Object(_)) => Attribute::Other,
    }
}

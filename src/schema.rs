//! The JSON Schema of definitions, draft 2020-12: made of the tables by which they are read, for editors.
//!
//! What a schema cannot say, such as that a name is defined, `validate` says.

mod part;
mod shape;

use std::collections::BTreeMap;

use crate::json::Json;
use crate::read::DOCUMENT;
use part::Part;

/// Returns the schema.
#[must_use]
pub fn schema() -> Json {
    let mut writer = Writer::default();
    let Json::Object(document) = writer.object(&DOCUMENT) else {
        return Json::Null;
    };
    let mut members = vec![
        member("$schema", text("https://json-schema.org/draft/2020-12/schema")),
        member("title", text("Fader definition, format 1")),
    ];
    members.extend(document);
    members.push(member("$defs", writer.parts()));
    Json::Object(members)
}

/// Writes schemas, and remembers which parts they refer to.
#[derive(Default)]
struct Writer {
    /// The parts that were referred to, and those of them that were written.
    written: BTreeMap<&'static str, Json>,
    waiting: Vec<Part>,
    /// Whether what is written stands inside a list's condition.
    is_inside: bool,
}

impl Writer {
    /// Returns a reference to a part, which is written later.
    fn refer(&mut self, part: Part) -> Json {
        self.waiting.push(part);
        object([("$ref", text(&format!("#/$defs/{}", part.name())))])
    }

    /// Writes all parts that were referred to, and those to which they refer.
    fn parts(mut self) -> Json {
        while let Some(part) = self.waiting.pop() {
            if !self.written.contains_key(part.name()) {
                let schema = self.part(part);
                self.written.insert(part.name(), schema);
            }
        }
        object(self.written)
    }
}

fn object(members: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    let members = members.into_iter();
    Json::Object(members.map(|(name, json)| member(name, json)).collect())
}

fn member(name: &str, json: Json) -> (String, Json) {
    (name.to_owned(), json)
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}

fn texts(texts: impl IntoIterator<Item = &'static str>) -> Json {
    Json::List(texts.into_iter().map(text).collect())
}

fn number(number: u64) -> Json {
    Json::Number(number.into())
}

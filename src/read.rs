//! JSON to definition: the shape of each part is read, and every issue is kept.

pub mod condition;
pub mod duration;
pub mod field;
pub mod flag;
pub mod name;
pub mod operator;
pub mod part;
pub mod place;
pub mod ramp;
pub mod range;
pub mod rule;
pub mod shape;

use std::collections::BTreeMap;

use crate::definition::{Definition, FORMAT, Item, Named};
use crate::error::Issue;
use crate::json::Json;
use field::Fields;
use place::{Place, Step};
use shape::{Field, Object, Shape};

/// How many bytes a definition may have.
pub const MAX_DEFINITION_BYTES: usize = 25 * 1024 * 1024;
/// How many flags it may have.
pub const MAX_FLAGS: usize = 20_000;
/// How many operands a list may have.
pub const MAX_LIST: usize = 10_000;

/// The document as a whole.
pub const DOCUMENT: Object = Object {
    name: "definition",
    fields: &[
        Field::new(
            "$schema",
            Shape::Text,
            "The schema by which editors complete and check; it is not read.",
        ),
        Field::required("format", Shape::Format, "The format of the document."),
        Field::required("environment", Shape::Key, "The environment's name."),
        Field::new(
            "revision",
            Shape::Whole(LARGEST_REVISION),
            "The number of this publication; the store sets it.",
        ),
        Field::new(
            "segments",
            named(&Shape::Object(&part::SEGMENT)),
            "Reusable audiences, by name.",
        ),
        Field::new(
            "layers",
            named(&Shape::Object(&part::LAYER)),
            "Spaces in which experiments exclude each other, by name.",
        ),
        Field::new(
            "holdouts",
            named(&Shape::Object(&part::HOLDOUT)),
            "Shares of units that are kept out, by name.",
        ),
        Field::new(
            "metrics",
            named(&Shape::Object(&part::METRIC)),
            "What is measured, by name.",
        ),
        Field::required("flags", named(&Shape::Object(&flag::FLAG)), "The flags, by key."),
    ],
    either: None,
};

/// The largest whole number that JavaScript holds exactly.
const LARGEST_REVISION: u64 = 9_007_199_254_740_991;

const fn named(item: &'static Shape) -> Shape {
    Shape::Named(&Shape::Key, item, 0)
}

/// Keeps what is wrong.
#[derive(Debug, Default)]
pub struct Issues(pub Vec<Issue>);

impl Issues {
    /// Adds an issue.
    pub fn add(&mut self, place: &Place<'_>, message: impl Into<String>, mend: impl Into<String>) {
        self.0.push(Issue {
            path: place.to_string(),
            message: message.into(),
            mend: mend.into(),
        });
    }

    /// Does something, and returns what came of it and whether it added an issue.
    pub fn watch<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.0.len();
        let result = work(self);
        (result, self.0.len() > before)
    }
}

/// Reads a definition. Returns nothing where the document is none at all.
pub fn read(text: &str, issues: &mut Issues) -> Option<Definition> {
    let root = Place::root();
    if text.len() > MAX_DEFINITION_BYTES {
        issues.add(
            &root,
            format!(
                "the definition has {} bytes, and {MAX_DEFINITION_BYTES} are allowed",
                text.len()
            ),
            "remove flags that nobody reads, or move long lists into several environments",
        );
        return None;
    }
    let json = match Json::parse(text) {
        Ok(json) => json,
        Err(error) => {
            issues.add(
                &root,
                format!("this is not JSON: {error}"),
                "mend the syntax there",
            );
            return None;
        }
    };
    let fields = Fields::open(&json, &root, &DOCUMENT, issues)?;
    if !is_format_known(&fields, issues) {
        return None;
    }
    Some(Definition {
        environment: environment(&fields, issues),
        revision: revision(&fields, issues),
        unit_salt: None,
        segments: items(&fields, "segments", issues, part::segment),
        layers: items(&fields, "layers", issues, part::layer),
        holdouts: items(&fields, "holdouts", issues, part::holdout),
        metrics: items(&fields, "metrics", issues, part::metric),
        flags: flags(&fields, issues),
    })
}

fn is_format_known(fields: &Fields<'_>, issues: &mut Issues) -> bool {
    let place = fields.place("format");
    match fields.required("format", "write \"format\": 1", issues) {
        Some(Json::Number(number)) if number.as_u64() == Some(FORMAT) => true,
        Some(other) => {
            issues.add(
                &place,
                format!("format {other} is not known"),
                "write \"format\": 1, or update fader if the definition is newer",
            );
            false
        }
        None => false,
    }
}

fn environment(fields: &Fields<'_>, issues: &mut Issues) -> String {
    let mend = "name it, such as \"environment\": \"production\"";
    let Some(json) = fields.required("environment", mend, issues) else {
        return String::new();
    };
    let place = fields.place("environment");
    let Some(name) = field::text(json, &place, issues) else {
        return String::new();
    };
    name::check_key(&name, &place, issues);
    name
}

fn revision(fields: &Fields<'_>, issues: &mut Issues) -> u64 {
    match fields.get("revision") {
        None => 0,
        Some(Json::Number(number)) if number.as_u64().is_some_and(|number| number <= LARGEST_REVISION) => {
            number.as_u64().unwrap_or(0)
        }
        Some(_) => {
            issues.add(
                &fields.place("revision"),
                "a revision is a whole number",
                "leave it out: the store sets it at each publish",
            );
            0
        }
    }
}

fn flags(fields: &Fields<'_>, issues: &mut Issues) -> Named<Item<crate::definition::Flag>> {
    if fields
        .required("flags", "write \"flags\": {} at least", issues)
        .is_none()
    {
        return Vec::new();
    }
    let flags = items(fields, "flags", issues, flag::flag);
    if flags.len() > MAX_FLAGS {
        issues.add(
            &fields.place("flags"),
            format!("there are {} flags, and {MAX_FLAGS} are allowed", flags.len()),
            "remove flags that nobody reads",
        );
    }
    flags
}

/// Reads an object of named things, each of which stands or falls alone.
fn items<T>(
    fields: &Fields<'_>,
    name: &'static str,
    issues: &mut Issues,
    read: impl Fn(&str, &Json, &Place<'_>, &mut Issues) -> T,
) -> Named<Item<T>> {
    let Some(json) = fields.get(name) else {
        return Vec::new();
    };
    let place = fields.place(name);
    let Some(members) = field::members(json, &place, issues) else {
        return Vec::new();
    };
    let mut items: Named<Item<T>> = Vec::with_capacity(members.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, _) in members {
        *counts.entry(key).or_default() += 1;
    }
    for (key, json) in members {
        let place = place.at(Step::Name(key));
        let (content, has_issues) = issues.watch(|issues| {
            name::check_key(key, &place, issues);
            read(key, json, &place, issues)
        });
        let refused = has_issues || counts.get(key.as_str()) != Some(&1);
        items.push((key.clone(), Item { content, refused }));
    }
    items
}

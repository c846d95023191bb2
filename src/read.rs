//! JSON to definition: the shape of each part is read, and every issue is kept.

pub mod check;
pub mod condition;
pub mod field;
pub mod flag;
pub mod range;

use crate::definition::{DEFAULT_UNIT, Definition, FORMAT, Item, Named, Segment};
use crate::error::Issue;
use crate::json::Json;
use field::{Fields, Place, Step};

/// How many bytes a definition may have.
pub const MAX_DEFINITION_BYTES: usize = 25 * 1024 * 1024;
/// How many flags it may have.
pub const MAX_FLAGS: usize = 20_000;
/// How many operands a list may have.
pub const MAX_LIST: usize = 10_000;

const DOCUMENT: &[&str] = &[
    "$schema",
    "format",
    "environment",
    "revision",
    "segments",
    "flags",
];
const DOCUMENT_LATER: &[&str] = &["layers", "holdouts", "metrics"];
const SEGMENT: &[&str] = &["description", "unit", "include", "exclude", "where"];

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
    let fields = Fields::open(&json, &root, DOCUMENT, DOCUMENT_LATER, issues)?;
    if !is_format_known(&fields, issues) {
        return None;
    }
    Some(Definition {
        environment: environment(&fields, issues),
        revision: revision(&fields, issues),
        unit_salt: None,
        segments: items(&fields, "segments", issues, segment),
        layers: Vec::new(),
        holdouts: Vec::new(),
        metrics: Vec::new(),
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
    let name = field::text(json, &place, issues).unwrap_or_default();
    if matches!(json, Json::Text(_)) {
        field::check_key(&name, &place, issues);
    }
    name
}

fn revision(fields: &Fields<'_>, issues: &mut Issues) -> u64 {
    const LARGEST: u64 = 9_007_199_254_740_991;
    match fields.get("revision") {
        None => 0,
        Some(Json::Number(number)) if number.as_u64().is_some_and(|number| number <= LARGEST) => {
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
    read: impl Fn(&Json, &Place<'_>, &mut Issues) -> T,
) -> Named<Item<T>> {
    let Some(json) = fields.get(name) else {
        return Vec::new();
    };
    let place = fields.place(name);
    let Some(members) = field::members(json, &place, issues) else {
        return Vec::new();
    };
    let mut items: Named<Item<T>> = Vec::with_capacity(members.len());
    for (key, json) in members {
        let place = place.at(Step::Name(key));
        let (content, refused) = issues.watch(|issues| {
            field::check_key(key, &place, issues);
            read(json, &place, issues)
        });
        items.push((key.clone(), Item { content, refused }));
    }
    items
}

fn segment(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Segment {
    let Some(fields) = Fields::open(json, place, SEGMENT, &[], issues) else {
        return Segment::default();
    };
    fields.optional_text("description", issues);
    let segment = Segment {
        unit: fields
            .optional_text("unit", issues)
            .unwrap_or_else(|| DEFAULT_UNIT.to_owned()),
        include: units(&fields, "include", issues),
        exclude: units(&fields, "exclude", issues),
        audience: fields
            .get("where")
            .and_then(|json| condition::condition(json, &fields.place("where"), issues)),
    };
    field::check_attribute(&segment.unit, &fields.place("unit"), issues);
    segment
}

fn units(fields: &Fields<'_>, name: &'static str, issues: &mut Issues) -> Vec<String> {
    match fields.get(name) {
        Some(json) => field::units(json, &fields.place(name), issues),
        None => Vec::new(),
    }
}

//! Places in a definition, and the fields of its objects.

use core::fmt;

use serde_json::Number;

use super::{Issues, MAX_LIST};
use crate::json::Json;

/// How long a key may be.
pub const MAX_KEY: usize = 128;
/// How long an attribute's path may be, and how many names it may have.
pub const MAX_PATH: usize = 256;
/// How deep a context may be.
pub const MAX_CONTEXT_DEPTH: usize = 16;

/// Where in a definition something stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

/// One step to a place.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// The document itself.
    Root,
    /// A member of an object.
    Name(&'a str),
    /// An element of a list.
    Index(usize),
}

impl<'a> Place<'a> {
    /// Returns the place of the document.
    #[must_use]
    pub const fn root() -> Self {
        Self {
            parent: None,
            step: Step::Root,
        }
    }

    /// Returns a place in this one.
    #[must_use]
    pub const fn at(&'a self, step: Step<'a>) -> Self {
        Self {
            parent: Some(self),
            step,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return out.write_str("definition");
        };
        let is_top = parent.parent.is_none();
        if !is_top {
            write!(out, "{parent}")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(out, "[{index}]"),
            Step::Name(name) if !is_plain(name) => write!(out, "[{name:?}]"),
            Step::Name(name) if is_top => out.write_str(name),
            Step::Name(name) => write!(out, ".{name}"),
        }
    }
}

fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'$';
    !name.is_empty() && name.bytes().all(is_plain)
}

/// The members of one object, once they were looked over.
pub struct Fields<'a> {
    json: &'a Json,
    place: &'a Place<'a>,
}

impl<'a> Fields<'a> {
    /// Looks over an object: it may have the `known` fields, each once. `later` ones are of the format, but not evaluated yet.
    pub fn open(
        json: &'a Json,
        place: &'a Place<'a>,
        known: &[&str],
        later: &[&str],
        issues: &mut Issues,
    ) -> Option<Self> {
        for (name, _) in members(json, place, issues)? {
            let name = name.as_str();
            if known.contains(&name) {
                continue;
            }
            let place = place.at(Step::Name(name));
            if later.contains(&name) {
                issues.add(
                    &place,
                    format!("`{name}` is not evaluated by this version of fader"),
                    "leave it out, or update fader",
                );
            } else {
                let mend = match nearest(name, known) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("remove it; here may stand {}", known.join(", ")),
                };
                issues.add(&place, format!("`{name}` is no field of this object"), mend);
            }
        }
        Some(Self { json, place })
    }

    /// Returns the place of a field.
    #[must_use]
    pub const fn place(&self, name: &'a str) -> Place<'a> {
        self.place.at(Step::Name(name))
    }

    /// Returns the place of the object itself.
    #[must_use]
    pub const fn own(&self) -> Place<'a> {
        *self.place
    }

    /// Returns a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        self.json.get(name)
    }

    /// Returns a field that must be there.
    pub fn required(&self, name: &str, mend: &str, issues: &mut Issues) -> Option<&'a Json> {
        let json = self.get(name);
        if json.is_none() {
            issues.add(self.place, format!("`{name}` is missing"), mend);
        }
        json
    }

    /// Returns a string that may be there.
    pub fn optional_text(&self, name: &'static str, issues: &mut Issues) -> Option<String> {
        text(self.get(name)?, &self.place(name), issues)
    }
}

impl Fields<'_> {
    /// Returns one of a few words that may be there.
    pub fn optional_word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&str, T)],
        issues: &mut Issues,
    ) -> Option<T> {
        one_of(self.get(name)?, words, &self.place(name), issues)
    }
}

/// Returns what was expected of the value, and adds the issue when it is something else.
fn expected<T>(
    value: Option<T>,
    json: &Json,
    wanted: &str,
    place: &Place<'_>,
    issues: &mut Issues,
) -> Option<T> {
    if value.is_none() {
        issues.add(
            place,
            format!("this is {}, and {wanted} is wanted", json.kind()),
            format!("write {wanted}"),
        );
    }
    value
}

/// Returns the members of an object, and adds an issue for each that stands twice.
pub fn members<'a>(json: &'a Json, place: &Place<'_>, issues: &mut Issues) -> Option<&'a [(String, Json)]> {
    let members = match json {
        Json::Object(members) => Some(members.as_slice()),
        _ => None,
    };
    let members = expected(members, json, "an object", place, issues)?;
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [name, again] = pair
            && name == again
        {
            issues.add(
                &place.at(Step::Name(name)),
                format!("`{name}` stands here twice"),
                "keep one of the two",
            );
        }
    }
    Some(members)
}

/// Returns the elements of a list that is not too long.
pub fn list<'a>(json: &'a Json, place: &Place<'_>, issues: &mut Issues) -> Option<&'a [Json]> {
    let items = match json {
        Json::List(items) => Some(items.as_slice()),
        _ => None,
    };
    let items = expected(items, json, "a list", place, issues)?;
    if items.len() > MAX_LIST {
        issues.add(
            place,
            format!("the list has {} entries, and {MAX_LIST} are allowed", items.len()),
            "shorten it, or give the people an attribute that a condition can ask for",
        );
        return None;
    }
    Some(items)
}

/// Returns a string.
pub fn text(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<String> {
    let text = match json {
        Json::Text(text) => Some(text.clone()),
        _ => None,
    };
    expected(text, json, "a string", place, issues)
}

/// Returns a boolean.
pub fn boolean(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<bool> {
    let boolean = match json {
        Json::Boolean(boolean) => Some(*boolean),
        _ => None,
    };
    expected(boolean, json, "true or false", place, issues)
}

/// Returns a number.
pub fn number(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<f64> {
    let number = match json {
        Json::Number(number) => number.as_f64(),
        _ => None,
    };
    expected(number, json, "a number", place, issues)
}

/// Returns one of a few words.
pub fn one_of<T: Copy>(
    json: &Json,
    words: &[(&str, T)],
    place: &Place<'_>,
    issues: &mut Issues,
) -> Option<T> {
    let text = text(json, place, issues)?;
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        issues.add(
            place,
            format!("{text:?} is not known here"),
            format!("write one of {}", known.join(", ")),
        );
    }
    found.map(|(_, value)| *value)
}

/// Returns units: strings, or integers as they are bucketed, in decimal.
pub fn units(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Vec<String> {
    let Some(items) = list(json, place, issues) else {
        return Vec::new();
    };
    let unit = |(at, json): (usize, &Json)| match json {
        Json::Text(text) => Some(text.clone()),
        Json::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => {
            let place = place.at(Step::Index(at));
            expected(
                None,
                json,
                "a unit, which is a string or a whole number,",
                &place,
                issues,
            )
        }
    };
    items.iter().enumerate().filter_map(unit).collect()
}

/// Returns a share or weight, scaled by 100,000: a decimal that is not negative and has up to five places.
#[must_use]
pub fn scaled(number: &Number) -> Option<u64> {
    let text = number.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
    let places = places.trim_end_matches('0');
    if places.len() > 5 || !places.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let places: u64 = format!("{places:0<5}").parse().ok()?;
    whole.checked_mul(100_000)?.checked_add(places)
}

/// Returns whether a name may be a key.
fn is_key(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
    name.len() <= MAX_KEY
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_inner)
}

/// Adds an issue when a name may not be a key.
pub fn check_key(name: &str, place: &Place<'_>, issues: &mut Issues) {
    if !is_key(name) {
        issues.add(
            place,
            format!("{name:?} may not be a name"),
            format!("begin with a letter or digit, go on with those or . _ : / -, and keep to {MAX_KEY} characters"),
        );
    }
}

/// Adds an issue when a path may not name an attribute.
pub fn check_attribute(path: &str, place: &Place<'_>, issues: &mut Issues) {
    let names = path.split('.').count();
    if path.is_empty() || path.len() > MAX_PATH || names > MAX_CONTEXT_DEPTH {
        issues.add(
            place,
            format!("{path:?} may not name an attribute"),
            format!("keep to {MAX_PATH} bytes and {MAX_CONTEXT_DEPTH} names, and do not leave it empty"),
        );
    }
}

/// Returns the known word that differs least, if it differs by little.
#[must_use]
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = (name.len() / 3).max(1);
    known
        .iter()
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), *known))
        .min()
        .filter(|(distance, _)| *distance <= far)
        .map(|(_, known)| known)
}

/// Levenshtein's distance, for words as short as field names.
fn distance(left: &str, right: &str) -> usize {
    if left.len() > MAX_KEY {
        return usize::MAX;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in right.iter().enumerate() {
            let kept = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = kept.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

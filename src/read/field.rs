//! The fields of an object, and the values that stand in them.

use serde_json::Number;

use super::name::{check_key, check_unit, nearest};
use super::place::{Place, Step};
use super::shape::Object;
use super::{Issues, MAX_LIST, duration};
use crate::bucket::WEIGHT_SCALE;
use crate::definition::DEFAULT_UNIT;
use crate::instant;
use crate::json::Json;

/// The members of one object, once they were looked over.
pub struct Fields<'a> {
    json: &'a Json,
    place: &'a Place<'a>,
}

impl<'a> Fields<'a> {
    /// Looks over an object: it may have the fields of its table, each once.
    pub fn open(json: &'a Json, place: &'a Place<'a>, object: &Object, issues: &mut Issues) -> Option<Self> {
        for (name, _) in members(json, place, issues)? {
            if object.fields.iter().any(|field| field.name == name) {
                continue;
            }
            let known: Vec<&str> = object.fields.iter().map(|field| field.name).collect();
            let mend = match nearest(name, &known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("remove it; here may stand {}", known.join(", ")),
            };
            let place = place.at(Step::Name(name));
            issues.add(&place, format!("`{name}` is no field of this object"), mend);
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

    /// Returns the one of two fields that is there; both are as wrong as none.
    pub fn either(
        &self,
        names: [&'static str; 2],
        what: &str,
        mend: &str,
        issues: &mut Issues,
    ) -> Option<(&'static str, &'a Json)> {
        let [one, other] = names;
        let (message, mend) = match (self.get(one), self.get(other)) {
            (Some(json), None) => return Some((one, json)),
            (None, Some(json)) => return Some((other, json)),
            (Some(_), Some(_)) => {
                let message = format!("{what} has `{one}` or `{other}`, not both");
                (message, "remove one of the two")
            }
            (None, None) => (format!("{what} has neither `{one}` nor `{other}`"), mend),
        };
        issues.add(self.place, message, mend);
        None
    }

    /// Returns a string that may be there.
    pub fn optional_text(&self, name: &'static str, issues: &mut Issues) -> Option<String> {
        text(self.get(name)?, &self.place(name), issues)
    }

    /// Returns a name that may be there, and is one that others may use.
    pub fn optional_key(&self, name: &'static str, issues: &mut Issues) -> Option<String> {
        let key = self.optional_text(name, issues)?;
        check_key(&key, &self.place(name), issues);
        Some(key)
    }

    /// Returns the attribute that is bucketed.
    pub fn unit(&self, issues: &mut Issues) -> String {
        let Some(unit) = self.optional_text("unit", issues) else {
            return DEFAULT_UNIT.to_owned();
        };
        check_unit(&unit, &self.place("unit"), issues);
        unit
    }

    /// Returns strings that may be there.
    pub fn texts(&self, name: &'static str, issues: &mut Issues) -> Vec<String> {
        let texts = self
            .get(name)
            .and_then(|json| texts(json, &self.place(name), issues));
        texts.unwrap_or_default()
    }

    /// Returns an instant that may be there.
    pub fn instant(&self, name: &'static str, issues: &mut Issues) -> Option<f64> {
        instant(self.get(name)?, &self.place(name), issues)
    }
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

impl Fields<'_> {
    /// Returns one of a few words that must be there.
    pub fn required_word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&str, T)],
        mend: &str,
        issues: &mut Issues,
    ) -> Option<T> {
        let json = self.required(name, mend, issues)?;
        one_of(json, words, &self.place(name), issues)
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

/// Returns a list of strings.
pub fn texts(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Vec<String>> {
    let items = list(json, place, issues)?;
    let read = |(at, json)| text(json, &place.at(Step::Index(at)), issues);
    let texts: Vec<Option<String>> = items.iter().enumerate().map(read).collect();
    texts.into_iter().collect()
}

/// Returns a string, or the strings of a list that is not empty. `what` is what they are, for the issue.
pub fn one_or_more(json: &Json, what: &str, place: &Place<'_>, issues: &mut Issues) -> Option<Vec<String>> {
    let Json::List(items) = json else {
        return text(json, place, issues).map(|text| vec![text]);
    };
    if items.is_empty() {
        let message = format!("the list of {what} is empty");
        issues.add(place, message, "name one at least");
        return None;
    }
    texts(json, place, issues)
}

/// Returns an instant: RFC 3339, or milliseconds since 1970.
pub fn instant(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<f64> {
    let instant = match json {
        Json::Number(number) => number.as_f64(),
        Json::Text(text) => instant::parse(text.as_bytes()),
        _ => None,
    };
    if instant.is_none() {
        issues.add(
            place,
            format!("{json} is no instant"),
            "write it as 2026-11-01T00:00:00Z, or in milliseconds since 1970",
        );
    }
    instant
}

/// Returns a length of time in milliseconds.
pub fn duration(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<f64> {
    let duration = match json {
        Json::Text(text) => duration::parse(text),
        _ => None,
    };
    if duration.is_none() {
        issues.add(
            place,
            format!("{json} is no length of time"),
            "write a whole number and its unit, such as 500ms, 90s, 10m, 12h or 30d",
        );
    }
    duration
}

/// Returns a percentage, scaled. `what` is what it is a share of, for the issue.
pub fn percent(json: &Json, what: &str, place: &Place<'_>, issues: &mut Issues) -> Option<u32> {
    let percent = scaled(json).filter(|percent| *percent <= 100 * WEIGHT_SCALE);
    let percent = percent.and_then(|percent| u32::try_from(percent).ok());
    if percent.is_none() {
        issues.add(
            place,
            format!("{json} is no share of {what}"),
            "write a percentage from 0 to 100 with up to five decimals",
        );
    }
    percent
}

/// Returns a part of all points, in scaled percent.
pub fn range(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<[u32; 2]> {
    let ends = match json {
        Json::List(ends) => ends.as_slice(),
        _ => &[],
    };
    let [low, high] = ends else {
        issues.add(
            place,
            format!("{json} is no range"),
            "write where it begins and where it ends, in percent, such as [0, 50]",
        );
        return None;
    };
    let [low, high] = [(0, low), (1, high)].map(|(at, json)| {
        let place = place.at(Step::Index(at));
        percent(json, "all points", &place, issues)
    });
    let range = [low?, high?];
    if range[0] >= range[1] {
        issues.add(
            place,
            format!("nothing is in the range {json}"),
            "put the smaller number first; the end does not belong to it",
        );
        return None;
    }
    Some(range)
}

/// Returns a share or weight, scaled by 100,000: a decimal that is not negative and has up to five places.
#[must_use]
pub fn scaled(json: &Json) -> Option<u64> {
    let Json::Number(number) = json else {
        return None;
    };
    let text = number.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
    let places = places.trim_end_matches('0');
    if places.len() > 5 || !places.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let places: u64 = format!("{places:0<5}").parse().ok()?;
    whole.checked_mul(WEIGHT_SCALE)?.checked_add(places)
}

/// Returns a number as it is compared.
#[must_use]
pub fn as_f64(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

//! Conditions: each form and each operator, as the page describes it.

use fader::json::Json;

use super::draw::{in_range, point, unit_of};
use super::{Oracle, as_text, items, network, one_or_many, text, time, version};

const OPERATORS: [&str; 29] = [
    "equals",
    "in",
    "exists",
    "lessThan",
    "atMost",
    "greaterThan",
    "atLeast",
    "between",
    "startsWith",
    "endsWith",
    "contains",
    "semver",
    "matches",
    "before",
    "after",
    "within",
    "weekday",
    "hour",
    "cidr",
    "anyOf",
    "allOf",
    "noneOf",
    "size",
    "some",
    "every",
    "modulo",
    "percent",
    "not",
    "ignoreCase",
];

/// What a path leads to: a member whose own name has the dots comes first; null is absent.
pub(super) fn find<'a>(json: &'a Json, path: &str) -> Option<&'a Json> {
    let nested = || path.split('.').try_fold(json, |json, name| json.get(name));
    json.get(path).or_else(nested).filter(|json| **json != Json::Null)
}

impl Oracle<'_> {
    /// Whether a condition holds for a context, or for an element of a list.
    pub(super) fn holds(&self, condition: &Json, on: &Json) -> bool {
        let Json::Object(members) = condition else {
            panic!("{condition} is no condition");
        };
        if let Some(Json::Text(path)) = condition.get("attribute") {
            let asked = members.iter().filter(|(name, _)| name != "attribute");
            let asked = Json::Object(asked.cloned().collect());
            return self.operators(&asked, self.value(on, path).as_ref());
        }
        members.iter().all(|(name, asked)| match name.as_str() {
            "all" => one_or_many(asked)
                .iter()
                .all(|condition| self.holds(condition, on)),
            "any" => one_or_many(asked)
                .iter()
                .any(|condition| self.holds(condition, on)),
            "not" => !self.holds(asked, on),
            "segment" => one_or_many(asked)
                .iter()
                .any(|name| self.in_segment(as_text(name))),
            "flag" => self.flags_give(asked),
            path => self.asks(asked, self.value(on, path).as_ref()),
        })
    }

    fn flags_give(&self, asked: &Json) -> bool {
        let Json::Object(flags) = asked else {
            panic!("{asked} names no flags");
        };
        flags.iter().all(|(key, variants)| self.gives(key, variants))
    }

    fn value(&self, on: &Json, path: &str) -> Option<Json> {
        if path == "$now" {
            return serde_json::Number::from_f64(self.now).map(Json::Number);
        }
        find(on, path).cloned()
    }

    /// What is asked of one value: to be a value, to be in a list, or operators.
    fn asks(&self, asked: &Json, value: Option<&Json>) -> bool {
        match asked {
            Json::Object(_) => self.operators(asked, value),
            other => value.is_some_and(|value| one_or_many(other).iter().any(|one| equal(one, value, false))),
        }
    }

    fn operators(&self, asked: &Json, value: Option<&Json>) -> bool {
        let Json::Object(operators) = asked else {
            panic!("{asked} has no operators");
        };
        let folds = asked.get("ignoreCase") == Some(&Json::Boolean(true));
        let mut asked = operators.iter().filter(|(name, _)| name != "ignoreCase");
        asked.all(|(name, operand)| match (name.as_str(), value) {
            ("exists", value) => *operand == Json::Boolean(value.is_some()),
            ("not", value) => !match operand {
                Json::Object(_) => self.operators(operand, value),
                other => {
                    value.is_some_and(|value| one_or_many(other).iter().any(|one| equal(one, value, folds)))
                }
            },
            (_, None) => false,
            (name, Some(value)) => self.operator(name, operand, value, folds),
        })
    }

    fn operator(&self, name: &str, operand: &Json, value: &Json, folds: bool) -> bool {
        match name {
            "equals" | "in" => one_or_many(operand).iter().any(|one| equal(one, value, folds)),
            "lessThan" | "atMost" | "greaterThan" | "atLeast" | "between" | "modulo" => {
                numeric(name, operand, value)
            }
            "startsWith" | "endsWith" | "contains" | "semver" | "matches" | "cidr" => {
                textual(name, operand, value, folds)
            }
            "before" | "after" | "within" | "weekday" | "hour" => {
                time::instant(value).is_some_and(|at| self.temporal(name, operand, at))
            }
            "percent" => unit_of(value).is_some_and(|unit| {
                let point = point(&format!("{}/percent", text(operand, "salt")), &unit);
                in_range(items(operand, "range"), point)
            }),
            _ => match value {
                Json::List(elements) => self.listed(name, operand, elements, folds),
                _ => false,
            },
        }
    }

    fn temporal(&self, name: &str, operand: &Json, at: f64) -> bool {
        match name {
            "before" => at < time::instant(operand).unwrap(),
            "after" => at > time::instant(operand).unwrap(),
            "within" => time::within(at, operand, self.now),
            "weekday" => time::on_weekday(at, operand),
            _ => time::at_hour(at, operand),
        }
    }

    fn listed(&self, name: &str, operand: &Json, elements: &[Json], folds: bool) -> bool {
        let has = |wanted: &Json| elements.iter().any(|element| equal(wanted, element, folds));
        match name {
            "anyOf" => one_or_many(operand).iter().any(has),
            "allOf" => one_or_many(operand).iter().all(has),
            "noneOf" => !one_or_many(operand).iter().any(has),
            "size" => sized(operand, elements.len()),
            "some" => elements.iter().any(|element| self.element(operand, element)),
            "every" => elements.iter().all(|element| self.element(operand, element)),
            other => panic!("{other} is no operator"),
        }
    }

    /// Whether a condition that stands inside of a list holds for an element.
    fn element(&self, asked: &Json, element: &Json) -> bool {
        let value = Some(element).filter(|element| **element != Json::Null);
        match asked {
            Json::Object(members) if !is_of_itself(asked) && asked.get("attribute").is_none() => {
                members.iter().all(|(name, asked)| match name.as_str() {
                    "all" => one_or_many(asked)
                        .iter()
                        .all(|asked| self.element(asked, element)),
                    "any" => one_or_many(asked)
                        .iter()
                        .any(|asked| self.element(asked, element)),
                    "not" => !self.element(asked, element),
                    path => self.asks(asked, find(element, path)),
                })
            }
            Json::Object(_) if asked.get("attribute").is_some() => self.holds(asked, element),
            _ => self.asks(asked, value),
        }
    }
}

/// Whether it concerns an element itself: a value, a list of values, or operators alone.
fn is_of_itself(asked: &Json) -> bool {
    match asked {
        Json::Object(members) => members.iter().all(|(name, asked)| match name.as_str() {
            "not" => is_of_itself(asked),
            name => OPERATORS.contains(&name),
        }),
        _ => true,
    }
}

fn equal(wanted: &Json, value: &Json, folds: bool) -> bool {
    match (wanted, value) {
        (Json::Text(wanted), Json::Text(value)) if folds => {
            super::text::lower(wanted) == super::text::lower(value)
        }
        (Json::Number(_), Json::Number(_)) => number(wanted) == number(value),
        (Json::Text(_), Json::Text(_)) | (Json::Boolean(_), Json::Boolean(_)) => wanted == value,
        _ => false,
    }
}

fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        _ => None,
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0
}

// The remainder is meant to the last bit, as equality in JSON is.
#[allow(clippy::float_cmp)]
fn numeric(name: &str, operand: &Json, value: &Json) -> bool {
    let Some(value) = number(value) else {
        return false;
    };
    let one = || number(operand).unwrap();
    let pair = || [0, 1].map(|at| number(&one_or_many(operand)[at]).unwrap());
    match name {
        "equals" => value == one(),
        "lessThan" => value < one(),
        "atMost" => value <= one(),
        "greaterThan" => value > one(),
        "atLeast" => value >= one(),
        "between" => pair()[0] <= value && value <= pair()[1],
        // The remainder of what is not whole is not asked for.
        _ => {
            [value, pair()[0], pair()[1]]
                .iter()
                .all(|number| is_whole(*number))
                && value % pair()[0] == pair()[1]
        }
    }
}

fn textual(name: &str, operand: &Json, value: &Json, folds: bool) -> bool {
    let Json::Text(value) = value else {
        return false;
    };
    let cased = |text: &str| {
        if folds {
            super::text::lower(text)
        } else {
            text.to_owned()
        }
    };
    let lowered = cased(value);
    one_or_many(operand)
        .iter()
        .map(as_text)
        .any(|operand| match name {
            "startsWith" => lowered.starts_with(&cased(operand)),
            "endsWith" => lowered.ends_with(&cased(operand)),
            "contains" => lowered.contains(&cased(operand)),
            "semver" => version::is_in(operand, value),
            "cidr" => network::contains(operand, value),
            _ => super::text::fits(operand, folds, value),
        })
}

fn sized(operand: &Json, size: usize) -> bool {
    let size = f64::from(u32::try_from(size).unwrap());
    let Json::Object(bounds) = operand else {
        return number(operand) == Some(size);
    };
    let size = Json::Number(serde_json::Number::from_f64(size).unwrap());
    bounds.iter().all(|(name, bound)| numeric(name, bound, &size))
}

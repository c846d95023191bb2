//! What a condition asks of one attribute: a value, a list of values, or operators.

use serde_json::Number;

use super::condition::{MAX_DEPTH, Reader, all, negate};
use super::field::{self, Place, Step, nearest};
use super::range::range;
use crate::definition::{Check, Condition};
use crate::json::Json;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};

const OPERATORS: &[&str] = &[
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
    "ignoreCase",
    "semver",
    "not",
];
const OPERATORS_LATER: &[&str] = &[
    "matches", "before", "after", "within", "weekday", "hour", "cidr", "anyOf", "allOf", "noneOf", "size",
    "some", "every", "modulo", "percent",
];

impl Reader<'_> {
    pub(super) fn operators(
        &mut self,
        attribute: &str,
        operators: &[(String, Json)],
        place: &Place<'_>,
    ) -> Option<Condition> {
        let folded = operators.iter().find(|(name, _)| name == "ignoreCase");
        let ignores_case = match folded {
            Some((_, json)) => field::boolean(json, &place.at(Step::Name("ignoreCase")), self.issues)?,
            None => false,
        };
        let letters = if ignores_case {
            Letters::Folded
        } else {
            Letters::Exact
        };
        let asked = operators.iter().filter(|(name, _)| name != "ignoreCase");
        let read = |(name, json): &(String, Json)| {
            self.operator(attribute, name, json, letters, &place.at(Step::Name(name)))
        };
        let conditions: Vec<Option<Condition>> = asked.map(read).collect();
        if conditions.is_empty() {
            let message = format!("nothing is asked of `{attribute}`");
            self.issues
                .add(place, message, "add an operator beside `ignoreCase`");
            return None;
        }
        all(conditions)
    }

    fn operator(
        &mut self,
        attribute: &str,
        name: &str,
        json: &Json,
        letters: Letters,
        place: &Place<'_>,
    ) -> Option<Condition> {
        let comparison = |comparison| move |number| Check::Compare(comparison, number);
        match name {
            "equals" => self.equals(attribute, json, letters, place),
            "in" => self.members_of(attribute, json, letters, place),
            "exists" => {
                let wanted = field::boolean(json, place, self.issues)?;
                let exists = test(attribute, Check::Exists);
                Some(if wanted { exists } else { negate(exists) })
            }
            "lessThan" => self.number(attribute, json, place, comparison(Comparison::LessThan)),
            "atMost" => self.number(attribute, json, place, comparison(Comparison::AtMost)),
            "greaterThan" => self.number(attribute, json, place, comparison(Comparison::GreaterThan)),
            "atLeast" => self.number(attribute, json, place, comparison(Comparison::AtLeast)),
            "between" => self.between(attribute, json, place),
            "startsWith" => self.part(attribute, Part::StartsWith, json, letters, place),
            "endsWith" => self.part(attribute, Part::EndsWith, json, letters, place),
            "contains" => self.part(attribute, Part::Contains, json, letters, place),
            "semver" => self.semver(attribute, json, place),
            "not" => self.negated(attribute, json, letters, place),
            unknown => {
                self.refuse_operator(unknown, place);
                None
            }
        }
    }

    fn refuse_operator(&mut self, name: &str, place: &Place<'_>) {
        let (message, mend) = if OPERATORS_LATER.contains(&name) {
            let message = format!("`{name}` is not evaluated by this version of fader");
            (message, "leave it out, or update fader".to_owned())
        } else {
            let mend = match nearest(name, OPERATORS) {
                Some(nearest) => format!("did you mean `{nearest}`? A nested attribute is written with dots"),
                None => format!(
                    "use one of {}; a nested attribute is written with dots",
                    OPERATORS.join(", ")
                ),
            };
            (format!("`{name}` is no operator"), mend)
        };
        self.issues.add(place, message, mend);
    }

    fn negated(
        &mut self,
        attribute: &str,
        json: &Json,
        letters: Letters,
        place: &Place<'_>,
    ) -> Option<Condition> {
        if self.depth == MAX_DEPTH {
            return self.condition(json, place);
        }
        self.depth += 1;
        let inner = match json {
            Json::List(_) => self.members_of(attribute, json, letters, place),
            Json::Object(_) => self.attribute(attribute, json, place),
            scalar => self.equals(attribute, scalar, letters, place),
        };
        self.depth -= 1;
        inner.map(negate)
    }

    pub(super) fn equals(
        &mut self,
        attribute: &str,
        json: &Json,
        letters: Letters,
        place: &Place<'_>,
    ) -> Option<Condition> {
        let check = match json {
            Json::Text(text) => Check::TextIn {
                members: vec![text.clone()],
                letters,
            },
            Json::Boolean(boolean) => Check::Is(*boolean),
            Json::Number(number) => Check::NumberIn(vec![as_f64(number)]),
            Json::Null => {
                self.issues.add(
                    place,
                    "null is never equal to anything",
                    "write { \"exists\": false }",
                );
                return None;
            }
            Json::List(_) | Json::Object(_) => {
                let message = format!("{} cannot be compared", json.kind());
                self.issues.add(
                    place,
                    message,
                    "use `in` with a list of strings, numbers or booleans",
                );
                return None;
            }
        };
        Some(test(attribute, check))
    }

    /// Reads a list of values of any scalar type: the attribute is one of them.
    pub(super) fn members_of(
        &mut self,
        attribute: &str,
        json: &Json,
        letters: Letters,
        place: &Place<'_>,
    ) -> Option<Condition> {
        let items = field::list(json, place, self.issues)?;
        if items.is_empty() {
            self.issues.add(
                place,
                "nothing is in an empty list",
                "add a value, or remove the condition",
            );
            return None;
        }
        let mut members = Members::default();
        for (at, item) in items.iter().enumerate() {
            if !members.take(item) {
                let message = format!("{} cannot be in a list of values", item.kind());
                let place = place.at(Step::Index(at));
                self.issues
                    .add(&place, message, "write a string, a number or a boolean");
                return None;
            }
        }
        let checks = members.checks(letters).into_iter();
        let mut tests: Vec<Condition> = checks.map(|check| test(attribute, check)).collect();
        match tests.len() {
            1 => tests.pop(),
            _ => Some(Condition::Any(tests)),
        }
    }

    fn number(
        &mut self,
        attribute: &str,
        json: &Json,
        place: &Place<'_>,
        check: impl FnOnce(f64) -> Check,
    ) -> Option<Condition> {
        let number = field::number(json, place, self.issues)?;
        Some(test(attribute, check(number)))
    }

    fn between(&mut self, attribute: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        let bounds = match json {
            Json::List(items) => match items.as_slice() {
                [Json::Number(low), Json::Number(high)] => Some((as_f64(low), as_f64(high))),
                _ => None,
            },
            _ => None,
        };
        let Some((low, high)) = bounds else {
            self.issues.add(
                place,
                "`between` takes two numbers",
                "write it as [18, 65]; both ends belong to it",
            );
            return None;
        };
        if low > high {
            self.issues.add(
                place,
                format!("nothing is between {low} and {high}"),
                "put the smaller number first",
            );
            return None;
        }
        Some(test(attribute, Check::Between(low, high)))
    }

    fn part(
        &mut self,
        attribute: &str,
        part: Part,
        json: &Json,
        letters: Letters,
        place: &Place<'_>,
    ) -> Option<Condition> {
        let any_of = match json {
            Json::List(items) if !items.is_empty() => {
                field::list(json, place, self.issues)?;
                let read = |(at, json)| field::text(json, &place.at(Step::Index(at)), self.issues);
                let texts: Vec<Option<String>> = items.iter().enumerate().map(read).collect();
                texts.into_iter().collect::<Option<Vec<String>>>()?
            }
            json => vec![field::text(json, place, self.issues)?],
        };
        if any_of.iter().any(String::is_empty) {
            self.issues.add(
                place,
                "every string has the empty one",
                "write the letters that are looked for",
            );
            return None;
        }
        Some(test(
            attribute,
            Check::Part {
                part,
                any_of,
                letters,
            },
        ))
    }

    fn semver(&mut self, attribute: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        let source = field::text(json, place, self.issues)?;
        match range(&source) {
            Ok(range) => Some(test(attribute, Check::Semver(range))),
            Err(part) => {
                let message = format!("{part:?} is no part of a range of versions");
                self.issues.add(
                    place,
                    message,
                    "write a range such as \">=2.1.0 <3\", \"^2.1\" or \"1.x || 2.0.0\"",
                );
                None
            }
        }
    }
}

/// The members of a list, by type.
#[derive(Default)]
struct Members {
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

fn as_f64(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn test(attribute: &str, check: Check) -> Condition {
    Condition::Test {
        attribute: attribute.to_owned(),
        check,
    }
}

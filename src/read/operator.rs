//! What a condition asks of one attribute: the table of operators.

pub mod list;
pub mod network;
pub mod number;
pub mod share;
pub mod text;
pub mod time;
pub mod value;

use super::MAX_LIST;
use super::condition::{Reader, all};
use super::field;
use super::name::nearest;
use super::place::{Place, Step};
use super::shape::{Field, Object, Shape, words};
use crate::definition::{Check, Condition};
use crate::json::Json;
use crate::operator::text::Letters;

/// An operator with what is asked by it.
pub(super) struct Asked<'a> {
    /// The attribute's path; empty for an element of a list.
    pub(super) attribute: &'a str,
    /// The operand.
    pub(super) json: &'a Json,
    /// Whether the case of letters counts.
    pub(super) letters: Letters,
    /// Where the operand stands.
    pub(super) place: &'a Place<'a>,
}

impl Asked<'_> {
    /// Returns the condition that the attribute is so.
    pub(super) fn test(&self, check: Check) -> Condition {
        Condition::Test {
            attribute: self.attribute.to_owned(),
            check,
        }
    }
}

/// Reads an operand, and returns what is asked of the attribute.
type Read = fn(&mut Reader<'_>, &Asked<'_>) -> Option<Condition>;

const SCALARS: Shape = Shape::List(&Shape::Scalar, 1, MAX_LIST);
const PARTS: Shape = Shape::OneOrMore(&Shape::Letters(usize::MAX));
const INSTANTS: Shape = Shape::pair(&Shape::Instant);
const DAYS: Shape = Shape::List(&Shape::Word(|| words(time::DAYS)), 1, 7);
const HOURS: Shape = Shape::pair(&Shape::Whole(time::HOURS));

const OPERATORS: &[(Field, Read)] = &[
    (
        Field::new("equals", Shape::Scalar, "Is this string, number or boolean."),
        value::equals,
    ),
    (Field::new("in", SCALARS, "Is one of these."), value::one_of),
    (
        Field::new("exists", Shape::Boolean, "Is there, or is not; null is absent."),
        value::exists,
    ),
    (
        Field::new("lessThan", Shape::Number, "Is less than the number."),
        number::less_than,
    ),
    (
        Field::new("atMost", Shape::Number, "Is not more than the number."),
        number::at_most,
    ),
    (
        Field::new("greaterThan", Shape::Number, "Is more than the number."),
        number::greater_than,
    ),
    (
        Field::new("atLeast", Shape::Number, "Is not less than the number."),
        number::at_least,
    ),
    (
        Field::new(
            "between",
            Shape::pair(&Shape::Number),
            "Is neither under the first number nor over the second.",
        ),
        number::between,
    ),
    (
        Field::new(
            "startsWith",
            PARTS,
            "Begins with the string, or with one of them.",
        ),
        text::starts_with,
    ),
    (
        Field::new("endsWith", PARTS, "Ends with the string, or with one of them."),
        text::ends_with,
    ),
    (
        Field::new("contains", PARTS, "Contains the string, or one of them."),
        text::contains,
    ),
    (
        Field::new(
            "semver",
            Shape::Letters(usize::MAX),
            "Is a version in the range, such as `>=2.1.0 <3`, `^2.1` or `1.x || 2.0.0`.",
        ),
        text::semver,
    ),
    (
        Field::new(
            "matches",
            Shape::Letters(text::MAX_PATTERN),
            "Has a part that fits the regular expression.",
        ),
        text::matches,
    ),
    (
        Field::new("before", Shape::Instant, "Is an instant before this one."),
        time::before,
    ),
    (
        Field::new("after", Shape::Instant, "Is an instant after this one."),
        time::after,
    ),
    (
        Field::new(
            "within",
            Shape::Either(&[INSTANTS, Shape::Object(&time::SPAN)]),
            "Is an instant from the first and before the second, or not too far from the instant of the evaluation.",
        ),
        time::within,
    ),
    (
        Field::new(
            "weekday",
            Shape::Either(&[DAYS, Shape::Object(&time::WEEKDAY)]),
            "Is an instant on one of these days, in UTC or at the offset.",
        ),
        time::weekday,
    ),
    (
        Field::new(
            "hour",
            Shape::Either(&[HOURS, Shape::Object(&time::HOUR)]),
            "Is an instant at these hours, the second excluded; `[22, 6]` is the night.",
        ),
        time::hour,
    ),
    (
        Field::new(
            "cidr",
            Shape::OneOrMore(&Shape::Letters(network::MAX_TEXT)),
            "Is an IP address in the network, such as `10.0.0.0/8`, or in one of them.",
        ),
        network::cidr,
    ),
    (
        Field::new("anyOf", SCALARS, "Is a list that has one of these."),
        list::any_of,
    ),
    (
        Field::new(
            "allOf",
            Shape::List(&Shape::Scalar, 1, list::MAX_ALL_OF),
            "Is a list that has all of these.",
        ),
        list::all_of,
    ),
    (
        Field::new("noneOf", SCALARS, "Is a list that has none of these."),
        list::none_of,
    ),
    (
        Field::new(
            "size",
            Shape::Either(&[Shape::Whole(list::MAX_SIZE), Shape::Object(&list::SIZE)]),
            "Is a list of so many elements.",
        ),
        list::size,
    ),
    (
        Field::new("some", Shape::Element, "Is a list, one element of which is so."),
        list::some,
    ),
    (
        Field::new(
            "every",
            Shape::Element,
            "Is a list, all elements of which are so.",
        ),
        list::every,
    ),
    (
        Field::new(
            "modulo",
            Shape::pair(&Shape::Number),
            "Is a number that, divided by the first, leaves the second.",
        ),
        number::modulo,
    ),
    (
        Field::new(
            "percent",
            Shape::Object(&share::PERCENT),
            "Is a unit that falls into this part of all points.",
        ),
        share::percent,
    ),
    (Field::new("not", Shape::Asked, "Is not so."), value::not),
];

/// Stands beside operators on strings.
const IGNORE_CASE: Field = Field::new(
    "ignoreCase",
    Shape::Boolean,
    "True: the case of letters does not count, for the operators beside it.",
);

/// Returns what may stand among operators.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    let operators = OPERATORS.iter().map(|(field, _)| field);
    operators.chain([&IGNORE_CASE])
}

/// Whether something that stands in a list's condition concerns the element itself: a value, values, or operators alone.
pub(super) fn is_of_itself(json: &Json) -> bool {
    let Json::Object(members) = json else {
        return true;
    };
    // `not` negates a condition as well, and is what stands in it.
    let is_operator = |(name, json): &(String, Json)| match name.as_str() {
        "not" => is_of_itself(json),
        name => fields().any(|field| field.name == name),
    };
    members.iter().all(is_operator)
}

impl Reader<'_> {
    /// Reads operators, each of which must hold.
    pub(super) fn operators<'a>(
        &mut self,
        attribute: &str,
        operators: impl Iterator<Item = &'a (String, Json)>,
        place: &Place<'_>,
    ) -> Option<Condition> {
        let (folded, operators): (Vec<_>, Vec<_>) = operators.partition(|(name, _)| name == IGNORE_CASE.name);
        let mut letters = Letters::Exact;
        for (name, json) in folded {
            if field::boolean(json, &place.at(Step::Name(name)), self.issues)? {
                letters = Letters::Folded;
            }
        }
        if operators.is_empty() {
            let whom = if attribute.is_empty() {
                "the element".to_owned()
            } else {
                format!("`{attribute}`")
            };
            let mend = "add an operator, such as \"exists\": true";
            self.issues
                .add(place, format!("nothing is asked of {whom}"), mend);
            return None;
        }
        let read = |(name, json): &(String, Json)| {
            let place = &place.at(Step::Name(name));
            self.operator(
                name,
                &Asked {
                    attribute,
                    json,
                    letters,
                    place,
                },
            )
        };
        let conditions: Vec<Option<Condition>> = operators.into_iter().map(read).collect();
        all(conditions)
    }

    fn operator(&mut self, name: &str, asked: &Asked<'_>) -> Option<Condition> {
        let known = OPERATORS.iter().find(|(field, _)| field.name == name);
        if let Some((_, read)) = known {
            return read(self, asked);
        }
        let names: Vec<&str> = fields().map(|field| field.name).collect();
        let mend = match nearest(name, &names) {
            Some(nearest) => format!("did you mean `{nearest}`? A nested attribute is written with dots"),
            None => format!(
                "use one of {}; a nested attribute is written with dots",
                names.join(", ")
            ),
        };
        let message = format!("`{name}` is no operator");
        self.issues.add(asked.place, message, mend);
        None
    }
}

/// Returns the table of an operand that is an object.
const fn object(name: &'static str, fields: &'static [Field]) -> Object {
    Object {
        name,
        fields,
        either: None,
    }
}

//! The schema of each shape.

use super::part::Part;
use super::{Writer, number, object, text, texts};
use crate::definition::{FORMAT, NOW};
use crate::json::Json;
use crate::read::name::{MAX_CONTEXT_DEPTH, MAX_KEY, MAX_PATH};
use crate::read::shape::Shape;
use crate::read::{MAX_LIST, duration};

const INSTANT: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";
const OFFSET: &str = "^([Zz]|[+-][0-9]{2}:[0-9]{2})$";

impl Writer {
    pub(super) fn shape(&mut self, shape: &Shape) -> Json {
        match *shape {
            Shape::Any => object([]),
            Shape::Format => object([("const", number(FORMAT))]),
            Shape::Boolean => types(["boolean"]),
            Shape::Text => types(["string"]),
            Shape::Number => types(["number"]),
            Shape::Unit => types(["string", "integer"]),
            Shape::Letters(most) => letters(most),
            Shape::Duration => pattern(&units()),
            Shape::Offset => pattern(OFFSET),
            Shape::Word(words) => object([("enum", texts(words()))]),
            Shape::Whole(most) => within("integer", most),
            Shape::Share(most) => within("number", most),
            Shape::Key => self.refer(Part::Key),
            Shape::VariantName => self.refer(Part::VariantName),
            Shape::Attribute => self.refer(Part::Attribute),
            Shape::Scalar => self.refer(Part::Scalar),
            Shape::Instant => self.refer(Part::Instant),
            Shape::Condition if self.is_inside => self.refer(Part::Element),
            Shape::Condition => self.refer(Part::Condition),
            Shape::Element => self.refer(Part::Element),
            Shape::Asked => self.refer(Part::Asked),
            Shape::Object(object) => self.refer(Part::Object(object)),
            Shape::List(of, least, most) => self.list(of, least, most),
            Shape::OneOrMore(of) => self.either(&[*of, Shape::List(of, 1, MAX_LIST)]),
            Shape::Either(shapes) => self.either(shapes),
            Shape::Named(names, values, least) => self.named(names, values, least),
        }
    }

    fn either(&mut self, shapes: &[Shape]) -> Json {
        let shapes = shapes.iter().map(|shape| self.shape(shape));
        object([("anyOf", Json::List(shapes.collect()))])
    }

    fn named(&mut self, names: &Shape, values: &Shape, least: usize) -> Json {
        object([
            ("type", text("object")),
            ("propertyNames", self.shape(names)),
            ("additionalProperties", self.shape(values)),
            ("minProperties", number(least as u64)),
        ])
    }

    fn list(&mut self, of: &Shape, least: usize, most: usize) -> Json {
        object([
            ("type", text("array")),
            ("items", self.shape(of)),
            ("minItems", number(least as u64)),
            ("maxItems", number(most as u64)),
        ])
    }
}

/// Returns the schema of values of some types.
pub(super) fn types<const N: usize>(types: [&'static str; N]) -> Json {
    match types.as_slice() {
        [only] => object([("type", text(only))]),
        _ => object([("type", texts(types))]),
    }
}

fn within(kind: &str, most: u64) -> Json {
    object([
        ("type", text(kind)),
        ("minimum", number(0)),
        ("maximum", number(most)),
    ])
}

fn letters(most: usize) -> Json {
    let mut members = vec![("type", text("string")), ("minLength", number(1))];
    if most < usize::MAX {
        members.push(("maxLength", number(most as u64)));
    }
    object(members)
}

fn pattern(pattern: &str) -> Json {
    object([("type", text("string")), ("pattern", text(pattern))])
}

fn units() -> String {
    let units: Vec<&str> = duration::UNITS.iter().map(|(name, _)| *name).collect();
    format!("^[0-9]+({})$", units.join("|"))
}

/// Returns the schema of names that others may use.
pub(super) fn key() -> Json {
    pattern(&format!("^[A-Za-z0-9][A-Za-z0-9._:/-]{{0,{}}}$", MAX_KEY - 1))
}

/// Returns the schema of variants' names, which are no numbers.
pub(super) fn variant_name() -> Json {
    let is_number = object([("pattern", text("^[0-9]+$"))]);
    let Json::Object(mut members) = key() else {
        return is_number;
    };
    members.push(("not".to_owned(), is_number));
    Json::Object(members)
}

/// Returns the schema of attributes' paths.
pub(super) fn attribute() -> Json {
    let now = NOW.replace('$', r"\$");
    let path = format!(r"^({now}|(?!\$)[^.]*(\.[^.]*){{0,{}}})$", MAX_CONTEXT_DEPTH - 1);
    object([
        ("type", text("string")),
        ("pattern", text(&path)),
        ("minLength", number(1)),
        ("maxLength", number(MAX_PATH as u64)),
    ])
}

/// Returns the schema of instants.
pub(super) fn instant() -> Json {
    object([("anyOf", Json::List(vec![types(["number"]), pattern(INSTANT)]))])
}

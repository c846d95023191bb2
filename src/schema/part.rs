//! The parts to which schemas refer: objects, and conditions, which stand in themselves.

use super::shape::{attribute, instant, key, types, variant_name};
use super::{Writer, member, number, object, text, texts};
use crate::json::Json;
use crate::read::MAX_LIST;
use crate::read::condition::{ATTRIBUTE, COMBINATORS};
use crate::read::flag::{FLAG, KINDS};
use crate::read::operator;
use crate::read::shape::{Field, Object, Shape};
use crate::ruleset::Kind;

/// A part with a name of its own.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// An object with fields of its own.
    Object(&'static Object),
    Key,
    VariantName,
    Attribute,
    Scalar,
    Instant,
    /// A condition on a context.
    Condition,
    /// What is asked of one attribute.
    Asked,
    Operators,
    /// Operators beside the attribute that they concern.
    LongForm,
    /// What is asked of an element of a list, or of its attributes.
    Element,
    ElementCondition,
}

impl Part {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Object(object) => object.name,
            Self::Key => "key",
            Self::VariantName => "variant-name",
            Self::Attribute => "attribute",
            Self::Scalar => "scalar",
            Self::Instant => "instant",
            Self::Condition => "condition",
            Self::Asked => "asked",
            Self::Operators => "operators",
            Self::LongForm => "long-form",
            Self::Element => "element",
            Self::ElementCondition => "element-condition",
        }
    }
}

impl Writer {
    pub(super) fn part(&mut self, part: Part) -> Json {
        match part {
            Part::Object(object) => self.object(object),
            Part::Key => key(),
            Part::VariantName => variant_name(),
            Part::Attribute => attribute(),
            Part::Scalar => types(["string", "number", "boolean"]),
            Part::Instant => instant(),
            Part::Condition => self.condition(),
            Part::Asked => self.any_of(&[Part::Scalar, Part::Operators]),
            Part::Operators => self.operators(),
            Part::LongForm => self.long_form(),
            Part::Element => self.any_of(&[Part::Scalar, Part::Operators, Part::ElementCondition]),
            Part::ElementCondition => self.element_condition(),
        }
    }

    /// Writes an object with the fields of its table, and no others.
    pub(super) fn object(&mut self, table: &Object) -> Json {
        let fields = table.fields.iter();
        let required = fields.clone().filter(|field| field.is_required);
        let required: Vec<&str> = required.map(|field| field.name).collect();
        let mut members = vec![
            member("type", text("object")),
            member("properties", self.properties(fields)),
            member("additionalProperties", Json::Boolean(false)),
        ];
        if !required.is_empty() {
            members.push(member("required", texts(required)));
        }
        if let Some(names) = table.either {
            let required = |name| object([("required", texts([name]))]);
            members.push(member("oneOf", Json::List(names.map(required).into())));
        }
        if table.name == FLAG.name {
            members.push(member("allOf", values_of_flags()));
        }
        Json::Object(members)
    }

    fn properties<'f>(&mut self, fields: impl Iterator<Item = &'f Field>) -> Json {
        let property = |field: &Field| {
            let help = member("description", text(field.help));
            let schema = match self.shape(&field.shape) {
                Json::Object(members) => Json::Object([vec![help], members].concat()),
                other => other,
            };
            member(field.name, schema)
        };
        Json::Object(fields.map(property).collect())
    }

    /// Writes what may be a value, a list of values, or one of some parts.
    fn any_of(&mut self, parts: &[Part]) -> Json {
        let list = self.shape(&Shape::List(&Shape::Scalar, 1, MAX_LIST));
        let parts = parts.iter().map(|part| self.refer(*part));
        let schemas: Vec<Json> = parts.chain([list]).collect();
        object([("anyOf", Json::List(schemas))])
    }

    fn operators(&mut self) -> Json {
        object([
            ("type", text("object")),
            ("minProperties", number(1)),
            ("properties", self.properties(operator::fields())),
            ("additionalProperties", Json::Boolean(false)),
        ])
    }

    fn long_form(&mut self) -> Json {
        let fields = [&ATTRIBUTE].into_iter().chain(operator::fields());
        object([
            ("type", text("object")),
            ("minProperties", number(2)),
            ("properties", self.properties(fields)),
            ("additionalProperties", Json::Boolean(false)),
        ])
    }

    /// Writes combinators, and attributes with what is asked of them; or the long form, which a string as `attribute` shows.
    fn condition(&mut self) -> Json {
        let is_long = object([
            ("properties", object([("attribute", types(["string"]))])),
            ("required", texts(["attribute"])),
        ]);
        let combinators = self.combinators();
        let asked = self.refer(Part::Asked);
        object([
            ("type", text("object")),
            ("minProperties", number(1)),
            ("if", is_long),
            ("then", self.refer(Part::LongForm)),
            (
                "else",
                object([
                    ("properties", combinators),
                    ("propertyNames", self.refer(Part::Attribute)),
                    ("additionalProperties", asked),
                ]),
            ),
        ])
    }

    fn combinators(&mut self) -> Json {
        let Json::Object(mut properties) = self.properties(COMBINATORS.iter()) else {
            return Json::Null;
        };
        if self.is_inside {
            for (name, schema) in &mut properties {
                if matches!(name.as_str(), "segment" | "flag") {
                    *schema = Json::Boolean(false);
                }
            }
        }
        Json::Object(properties)
    }

    /// Writes a condition on the attributes of an element: where all names are operators, the element itself is meant.
    fn element_condition(&mut self) -> Json {
        // `not` negates conditions as well.
        let names = operator::fields()
            .map(|field| field.name)
            .filter(|name| *name != "not");
        let is_of_itself = object([("propertyNames", object([("enum", texts(names))]))]);
        self.is_inside = true;
        let condition = self.condition();
        self.is_inside = false;
        match condition {
            Json::Object(mut members) => {
                members.push(member("not", is_of_itself));
                Json::Object(members)
            }
            other => other,
        }
    }
}

/// Returns, for each type of flag, what its values are.
fn values_of_flags() -> Json {
    let case = |(word, kind): &(&'static str, Kind)| {
        let value = match kind {
            Kind::Boolean => types(["boolean"]),
            Kind::String => types(["string"]),
            Kind::Number => types(["number"]),
            Kind::Object => types(["object", "array"]),
        };
        let is_type = object([
            ("properties", object([("type", object([("const", text(word))]))])),
            ("required", texts(["type"])),
        ]);
        let variants = object([("additionalProperties", value)]);
        object([
            ("if", is_type),
            ("then", object([("properties", object([("variants", variants)]))])),
        ])
    };
    Json::List(KINDS.iter().map(case).collect())
}

//! The shape of conditions.

use super::Issues;
use super::field;
use super::flag::{VARIANTS_OF_FLAGS, variants_of_flags};
use super::name::check_attribute;
use super::operator::{self, Asked, value};
use super::place::{Place, Step};
use super::shape::{Field, Shape};
use crate::definition::Condition;
use crate::json::Json;
use crate::operator::text::Letters;

/// How deep conditions may stand in conditions.
pub const MAX_DEPTH: usize = 32;

/// What combines conditions, or asks for something else than an attribute.
pub const COMBINATORS: &[Field] = &[
    Field::new(
        "all",
        Shape::List(&Shape::Condition, 1, super::MAX_LIST),
        "Each of the conditions holds.",
    ),
    Field::new(
        "any",
        Shape::List(&Shape::Condition, 1, super::MAX_LIST),
        "One of the conditions holds.",
    ),
    Field::new("not", Shape::Condition, "The condition does not hold."),
    Field::new(
        "segment",
        Shape::OneOrMore(&Shape::Key),
        "The subject is in the segment, or in one of them.",
    ),
    Field::new(
        "flag",
        VARIANTS_OF_FLAGS,
        "Each of the flags gives the variant, or one of them.",
    ),
];

/// The long form, for attributes whose names mean something else.
pub const ATTRIBUTE: Field = Field::new(
    "attribute",
    Shape::Attribute,
    "An attribute whose name means something else here; operators stand beside it.",
);

/// Reads a condition.
pub fn condition(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Condition> {
    let mut reader = Reader {
        issues,
        depth: 0,
        lists: 0,
    };
    reader.condition(json, place)
}

pub(super) struct Reader<'i> {
    pub(super) issues: &'i mut Issues,
    /// In how many conditions the reader stands.
    pub(super) depth: usize,
    /// In how many lists it stands: inside, a condition may concern the element itself.
    pub(super) lists: usize,
}

impl Reader<'_> {
    pub(super) fn condition(&mut self, json: &Json, place: &Place<'_>) -> Option<Condition> {
        let is_of_element = self.lists > 0 && operator::is_of_itself(json);
        self.deeper(place, |reader| {
            if is_of_element {
                reader.attribute("", json, place)
            } else {
                reader.conjunction(json, place)
            }
        })
    }

    /// Reads what stands in a condition.
    pub(super) fn deeper<T>(
        &mut self,
        place: &Place<'_>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.depth == MAX_DEPTH {
            let message = format!("conditions stand in conditions more than {MAX_DEPTH} deep");
            self.issues
                .add(place, message, "move the inner ones into a segment");
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn conjunction(&mut self, json: &Json, place: &Place<'_>) -> Option<Condition> {
        let members = field::members(json, place, self.issues)?;
        if members.is_empty() {
            self.issues.add(
                place,
                "the condition asks nothing",
                "leave `where` out if everybody is meant, or ask for an attribute",
            );
            return None;
        }
        if let Some(Json::Text(attribute)) = json.get("attribute") {
            return self.escaped(attribute, members, place);
        }
        let member = |(name, json): &(String, Json)| self.member(name, json, &place.at(Step::Name(name)));
        let conditions: Vec<Option<Condition>> = members.iter().map(member).collect();
        all(conditions)
    }

    /// Reads the long form, for attributes whose names mean something else here.
    fn escaped(
        &mut self,
        attribute: &str,
        members: &[(String, Json)],
        place: &Place<'_>,
    ) -> Option<Condition> {
        check_attribute(attribute, place, self.issues);
        let operators = members.iter().filter(|(name, _)| name != ATTRIBUTE.name);
        self.operators(attribute, operators, place)
    }

    fn member(&mut self, name: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        match name {
            "all" => self.each(json, place).map(Condition::All),
            "any" => self.each(json, place).map(Condition::Any),
            "not" => self.condition(json, place).map(negate),
            "segment" => self.segment(json, place),
            "flag" => self.flag(json, place),
            attribute => {
                check_attribute(attribute, place, self.issues);
                self.attribute(attribute, json, place)
            }
        }
    }

    fn each(&mut self, json: &Json, place: &Place<'_>) -> Option<Vec<Condition>> {
        let items = field::list(json, place, self.issues)?;
        if items.is_empty() {
            self.issues.add(
                place,
                "the list of conditions is empty",
                "add a condition, or remove the list",
            );
            return None;
        }
        let read = |(at, json)| self.condition(json, &place.at(Step::Index(at)));
        let conditions: Vec<Option<Condition>> = items.iter().enumerate().map(read).collect();
        conditions.into_iter().collect()
    }

    fn segment(&mut self, json: &Json, place: &Place<'_>) -> Option<Condition> {
        self.refuse_in_lists("segments", place)?;
        let names = field::one_or_more(json, "segments", place, self.issues)?;
        Some(one_of(names.into_iter().map(Condition::Segment).collect()))
    }

    fn flag(&mut self, json: &Json, place: &Place<'_>) -> Option<Condition> {
        self.refuse_in_lists("flags", place)?;
        let flags = variants_of_flags(json, place, self.issues)?;
        let asked = |(key, variants)| Some(Condition::Flag { key, variants });
        all(flags.into_iter().map(asked).collect())
    }

    fn refuse_in_lists(&mut self, what: &str, place: &Place<'_>) -> Option<()> {
        if self.lists == 0 {
            return Some(());
        }
        self.issues.add(
            place,
            format!("{what} cannot be asked for inside a list"),
            "ask beside the list; an attribute of that name is written { \"attribute\": \"…\", … }",
        );
        None
    }

    /// Reads what is asked of an attribute: a value, a list of values, or operators.
    pub(super) fn attribute(&mut self, attribute: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        let asked = Asked {
            attribute,
            json,
            letters: Letters::Exact,
            place,
        };
        match json {
            Json::Object(_) => {
                let operators = field::members(json, place, self.issues)?;
                self.operators(attribute, operators.iter(), place)
            }
            Json::List(_) => value::one_of(self, &asked),
            _ => value::equals(self, &asked),
        }
    }
}

pub(super) fn negate(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

pub(super) fn all(conditions: Vec<Option<Condition>>) -> Option<Condition> {
    let mut conditions: Vec<Condition> = conditions.into_iter().collect::<Option<_>>()?;
    if conditions.len() == 1 {
        conditions.pop()
    } else {
        Some(Condition::All(conditions))
    }
}

/// Returns a condition that holds when one of these does.
pub(super) fn one_of(mut conditions: Vec<Condition>) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => {
            conditions.extend(last);
            Condition::Any(conditions)
        }
    }
}

//! The shape of conditions.

use super::Issues;
use super::field::{self, Place, Step, check_attribute};
use crate::definition::Condition;
use crate::json::Json;
use crate::operator::text::Letters;

/// How deep conditions may stand in conditions.
pub const MAX_DEPTH: usize = 32;

/// Reads a condition.
pub fn condition(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Condition> {
    Reader { issues, depth: 0 }.condition(json, place)
}

pub(super) struct Reader<'i> {
    pub(super) issues: &'i mut Issues,
    pub(super) depth: usize,
}

impl Reader<'_> {
    pub(super) fn condition(&mut self, json: &Json, place: &Place<'_>) -> Option<Condition> {
        if self.depth == MAX_DEPTH {
            let message = format!("conditions stand in conditions more than {MAX_DEPTH} deep");
            self.issues
                .add(place, message, "move the inner ones into a segment");
            return None;
        }
        self.depth += 1;
        let condition = self.conjunction(json, place);
        self.depth -= 1;
        condition
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
        let operators: Vec<(String, Json)> = members
            .iter()
            .filter(|(name, _)| name != "attribute")
            .cloned()
            .collect();
        if operators.is_empty() {
            self.issues.add(
                place,
                format!("nothing is asked of `{attribute}`"),
                "add an operator, such as \"equals\": \"x\", beside \"attribute\"",
            );
            return None;
        }
        check_attribute(attribute, place, self.issues);
        self.operators(attribute, &operators, place)
    }

    fn member(&mut self, name: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        match name {
            "all" => self.each(json, place).map(Condition::All),
            "any" => self.each(json, place).map(Condition::Any),
            "not" => self.condition(json, place).map(negate),
            "segment" => self.segment(json, place),
            "flag" => {
                self.issues.add(
                    place,
                    "conditions on flags are not evaluated by this version of fader",
                    "leave it out, or update fader; an attribute of that name is written { \"attribute\": \"flag\", … }",
                );
                None
            }
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
        if let Json::Text(name) = json {
            return Some(Condition::Segment(name.clone()));
        }
        let names = field::list(json, place, self.issues)?;
        if names.is_empty() {
            self.issues
                .add(place, "the list of segments is empty", "name one at least");
            return None;
        }
        let read = |(at, json)| field::text(json, &place.at(Step::Index(at)), self.issues);
        let names: Vec<Option<String>> = names.iter().enumerate().map(read).collect();
        let names: Option<Vec<String>> = names.into_iter().collect();
        Some(Condition::Any(
            names?.into_iter().map(Condition::Segment).collect(),
        ))
    }

    /// Reads what is asked of an attribute: a value, a list of values, or operators.
    pub(super) fn attribute(&mut self, attribute: &str, json: &Json, place: &Place<'_>) -> Option<Condition> {
        match json {
            Json::Object(operators) => {
                field::members(json, place, self.issues)?;
                if operators.is_empty() {
                    let message = format!("nothing is asked of `{attribute}`");
                    self.issues
                        .add(place, message, "add an operator, such as \"exists\": true");
                    return None;
                }
                self.operators(attribute, operators, place)
            }
            Json::List(_) => self.members_of(attribute, json, Letters::Exact, place),
            scalar => self.equals(attribute, scalar, Letters::Exact, place),
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

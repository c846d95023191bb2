//! Conditions and attributes as a person would say them.

use crate::bucket::POINTS;
use crate::context::{Attribute, Context};
use crate::id::{AttributeId, Span, TestId, TextId};
use crate::operator::Operator;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
use crate::ruleset::Ruleset;

/// How many members of a list are named.
const NAMED: usize = 5;
/// How many letters of a string are shown.
const SHOWN: usize = 60;

/// Returns the path of an attribute.
#[must_use]
pub fn attribute(ruleset: &Ruleset, id: AttributeId) -> &str {
    ruleset.attributes().nth(id.index()).unwrap_or("")
}

/// Returns what a context has for an attribute.
#[must_use]
pub fn had(value: Attribute<'_>) -> String {
    match value {
        Attribute::Absent => "it is absent".to_owned(),
        Attribute::Boolean(boolean) => format!("it is {boolean}"),
        Attribute::Number(number) => format!("it is the number {number}"),
        Attribute::Text(text) => format!("it is {}", quoted(&String::from_utf8_lossy(text))),
        Attribute::Other | Attribute::List { .. } => "it is a list or an object".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?} and more", text.get(..end).unwrap_or("")),
        None => format!("{text:?}"),
    }
}

/// Returns a condition in words.
#[must_use]
pub fn test(ruleset: &Ruleset, id: TestId) -> String {
    let Some(test) = ruleset.tests.get(id.index()) else {
        return String::new();
    };
    let name = attribute(ruleset, test.attribute);
    let operands = ruleset.operands();
    match test.operator {
        Operator::Segment { segment, .. } => {
            let name = ruleset
                .segments()
                .get(segment.index())
                .map(|segment| segment.name);
            format!("in the segment `{}`", ruleset.text(name.unwrap_or_default()))
        }
        Operator::Exists => format!("{name} is there"),
        Operator::Is(boolean) => format!("{name} is {boolean}"),
        Operator::TextIn(letters, list) => {
            format!("{name} is {}{}", texts(ruleset, list), case(letters))
        }
        Operator::NumberIn(list) => {
            format!(
                "{name} is {}",
                one_of(operands.number_list(list).map(|number| number.to_string()))
            )
        }
        Operator::Compare(comparison, bound) => {
            format!("{name} is {} {bound}", compared(comparison))
        }
        Operator::Between(low, high) => format!("{name} is between {low} and {high}"),
        Operator::Part(part, letters, list) => {
            let part = asked_part(part);
            format!("{name} {part} {}{}", texts(ruleset, list), case(letters))
        }
        Operator::Semver(list) => {
            let source = list.of(&operands.words).first().copied().unwrap_or(u32::MAX);
            format!("{name} is a version in {:?}", ruleset.text(TextId(source)))
        }
        Operator::Unknown => format!("{name} is asked something that this version does not know"),
    }
}

const fn compared(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::LessThan => "less than",
        Comparison::AtMost => "at most",
        Comparison::GreaterThan => "greater than",
        Comparison::AtLeast => "at least",
    }
}

const fn asked_part(part: Part) -> &'static str {
    match part {
        Part::StartsWith => "starts with",
        Part::EndsWith => "ends with",
        Part::Contains => "contains",
    }
}

fn case(letters: Letters) -> &'static str {
    match letters {
        Letters::Exact => "",
        Letters::Folded => ", whatever the case",
    }
}

fn texts(ruleset: &Ruleset, list: Span) -> String {
    one_of(ruleset.operands().text_list(list).map(quoted))
}

fn one_of(members: impl Iterator<Item = String>) -> String {
    let members: Vec<String> = members.collect();
    let named: Vec<&str> = members.iter().take(NAMED).map(String::as_str).collect();
    match members.len() {
        1 => named.concat(),
        count if count > NAMED => format!("one of {} and {} more", named.join(", "), count - NAMED),
        _ => format!("one of {}", named.join(", ")),
    }
}

/// Returns what the context had for the attribute of a test.
#[must_use]
pub fn because(ruleset: &Ruleset, context: &Context, id: TestId) -> String {
    match ruleset.tests.get(id.index()) {
        Some(test) if matches!(test.operator, Operator::Segment { .. }) => {
            "its own conditions stand before it".to_owned()
        }
        Some(test) => had(context.get(test.attribute)),
        None => String::new(),
    }
}

/// Returns what came of a draw for traffic.
#[must_use]
pub fn traffic(point: u32, bound: u64) -> String {
    let percent = percent(bound);
    if u64::from(point) < bound {
        format!("the traffic of {percent} admits the unit: point {point} is under {bound}")
    } else {
        format!("the traffic of {percent} does not admit the unit: point {point} is not under {bound}")
    }
}

/// Returns a bound as the percentage that it was, to five places.
fn percent(bound: u64) -> String {
    // Both are far below 2⁵³.
    #[allow(clippy::cast_precision_loss)]
    let percent = bound as f64 * 100.0 / POINTS as f64;
    let text = format!("{percent:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

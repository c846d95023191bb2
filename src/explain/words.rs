//! Conditions and attributes as a person would say them.

use super::check;
use crate::bucket::{POINTS, SCALED_PERCENT, bound, is_under};
use crate::context::{Attribute, Context};
use crate::definition::NOW;
use crate::evaluate::Memo;
use crate::id::{AttributeId, FlagId, NodeId, SegmentId, Slot, Span, TestId};
use crate::operator::Operator;
use crate::ruleset::{AttributePath, Node, Ruleset};
use crate::words;

/// Returns the path of an attribute; that of an element is the list's with brackets behind it.
#[must_use]
pub fn attribute(ruleset: &Ruleset, id: AttributeId) -> String {
    let Some(attribute) = ruleset.attributes().get(id.index()) else {
        return String::new();
    };
    let path = ruleset.text(attribute.path);
    match attribute.parent {
        None => path.to_owned(),
        Some(list) if path.is_empty() => format!("{}[]", self::attribute(ruleset, list)),
        Some(list) => format!("{}[].{path}", self::attribute(ruleset, list)),
    }
}

/// Returns the path of a unit.
#[must_use]
pub fn unit(ruleset: &Ruleset, slot: Slot) -> &str {
    let is_unit = |path: &&AttributePath| path.parent.is_none() && path.slot == slot;
    let unit = ruleset.attributes().iter().find(is_unit);
    unit.map_or("", |unit| ruleset.text(unit.path))
}

/// Returns what a context has for an attribute.
#[must_use]
pub fn had(value: Attribute<'_>) -> String {
    match value {
        Attribute::Absent => "it is absent".to_owned(),
        Attribute::Boolean(boolean) => format!("it is {boolean}"),
        Attribute::Number(number) => format!("it is the number {number}"),
        Attribute::Text(text) => format!("it is {}", words::quoted(&String::from_utf8_lossy(text))),
        Attribute::List { length, .. } => format!("it is a list of {length}"),
        Attribute::Other => "it is an object".to_owned(),
    }
}

/// Returns a condition in words.
#[must_use]
pub fn test(ruleset: &Ruleset, id: TestId) -> String {
    let Some(test) = ruleset.tests.get(id.index()) else {
        return String::new();
    };
    let name = match test.attribute {
        Some(id) => attribute(ruleset, id),
        None => NOW.to_owned(),
    };
    match test.operator {
        Operator::Segment { segment, .. } => in_segment(ruleset, segment),
        Operator::Flag { flag, variants } => flag_gives(ruleset, flag, variants),
        Operator::Some { entry, .. } => {
            format!("an element of {name} is such that {}", inner(ruleset, entry))
        }
        Operator::Unit { hashed: true, list } => {
            let units = words::count(list.length as usize, "unit");
            format!("{name} is one of {units}, which are not shown")
        }
        operator => match check::of(ruleset.operands(), operator) {
            Some(check) => words::test(&name, &check),
            None => format!("{name} is asked something that this version does not know"),
        },
    }
}

/// Returns what is asked of an element, where it is one thing.
fn inner(ruleset: &Ruleset, entry: NodeId) -> String {
    match ruleset.nodes.get(entry.index()) {
        Some(node) if node.yes == Node::ADMIT && node.no == Node::DECLINE => test(ruleset, node.test),
        Some(node) if node.yes == Node::DECLINE && node.no == Node::ADMIT => {
            format!("it is not so that {}", test(ruleset, node.test))
        }
        _ => "it is as asked".to_owned(),
    }
}

fn in_segment(ruleset: &Ruleset, segment: SegmentId) -> String {
    let segment = ruleset.segments().get(segment.index());
    let name = segment.map(|segment| segment.name).unwrap_or_default();
    format!("in the segment `{}`", ruleset.text(name))
}

fn flag_gives(ruleset: &Ruleset, flag: FlagId, variants: Span) -> String {
    let Some(flag) = ruleset.flag(flag) else {
        return String::new();
    };
    let indices = variants.of(&ruleset.operands().words).iter();
    let names = indices
        .filter_map(|variant| ruleset.variants(flag).get(*variant as usize))
        .map(|variant| ruleset.text(variant.name).to_owned());
    let names: Vec<String> = names.collect();
    format!(
        "the flag `{}` gives {}",
        ruleset.text(flag.key),
        words::names(&names)
    )
}

/// Returns what the context, or the element whose row begins there, had for the attribute of a test.
#[must_use]
pub fn because(ruleset: &Ruleset, context: &Context, memo: &Memo, id: TestId, row: u32) -> String {
    let Some(test) = ruleset.tests.get(id.index()) else {
        return String::new();
    };
    let attribute = context.get_in(row, test.slot);
    match (test.operator, test.attribute) {
        (Operator::Segment { .. }, _) => "its own conditions stand before it".to_owned(),
        (Operator::Flag { flag, .. }, _) => gave(ruleset, memo, flag),
        (_, None) => "it is the time of the evaluation".to_owned(),
        (Operator::Percent { seed, .. }, _) => match attribute.unit() {
            Some(unit) => format!(
                "{}, on point {} of {POINTS}",
                had(attribute),
                seed.point(unit.bytes())
            ),
            None => had(attribute),
        },
        _ => had(attribute),
    }
}

fn gave(ruleset: &Ruleset, memo: &Memo, id: FlagId) -> String {
    let outcome = memo.outcome(id).filter(|outcome| !outcome.is_error());
    let variants = ruleset.flag(id).map(|flag| ruleset.variants(flag));
    let variant = outcome
        .zip(variants)
        .and_then(|(outcome, variants)| variants.get(outcome.variant().index()));
    match variant {
        Some(variant) => format!("it gave `{}`", ruleset.text(variant.name)),
        None => "it gave no answer".to_owned(),
    }
}

/// Returns what came of a draw for traffic, whose share is in scaled percent.
#[must_use]
pub fn traffic(point: u32, share: u32) -> String {
    let bound = bound(share.into(), SCALED_PERCENT.into());
    let percent = words::percent(share);
    if is_under(point, share) {
        format!("the traffic of {percent} admits the unit: point {point} is under {bound}")
    } else {
        format!("the traffic of {percent} does not admit the unit: point {point} is not under {bound}")
    }
}

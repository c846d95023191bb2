//! Conditions and attributes as a person would say them.

use std::net::Ipv6Addr;

use crate::bucket::{POINTS, SCALED_PERCENT, bound, is_under};
use crate::context::{Attribute, Context};
use crate::id::{AttributeId, FlagId, SegmentId, Slot, Span, TestId, TextId};
use crate::instant::format;
use crate::operator::Operator;
use crate::operator::network::NETWORK_WORDS;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
use crate::operator::time::{Offset, Window};
use crate::ruleset::{AttributePath, Ruleset};

/// How many members of a list are named.
const NAMED: usize = 5;
/// How many letters of a string are shown.
const SHOWN: usize = 60;

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
        Attribute::Text(text) => format!("it is {}", quoted(&String::from_utf8_lossy(text))),
        Attribute::List { length, .. } => format!("it is a list of {length}"),
        Attribute::Other => "it is an object".to_owned(),
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
    let name = match test.attribute {
        Some(id) => attribute(ruleset, id),
        None => "the time".to_owned(),
    };
    let operands = ruleset.operands();
    match test.operator {
        Operator::Segment { segment, .. } => in_segment(ruleset, segment),
        Operator::Flag { flag, variants } => flag_gives(ruleset, flag, variants),
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
        operator => rarer(ruleset, &name, operator),
    }
}

fn rarer(ruleset: &Ruleset, name: &str, operator: Operator) -> String {
    let operands = ruleset.operands();
    match operator {
        Operator::Unit { hashed: false, list } => format!("{name} is the unit {}", texts(ruleset, list)),
        Operator::Unit { hashed: true, list } => {
            format!("{name} is one of {} units, which are not shown", list.length)
        }
        Operator::Matches(_, pattern) => format!("{name} matches {:?}", ruleset.text(pattern)),
        Operator::Instant(window) => format!("{name} is {}", time_window(window)),
        Operator::Weekday(days, offset) => format!("{name} is on {}{}", weekdays(days), zone(offset)),
        Operator::Hour(from, until, offset) => {
            format!("{name} is from {from}:00 and before {until}:00{}", zone(offset))
        }
        Operator::Cidr(list) => {
            let (networks, _) = list.of(&operands.words).as_chunks::<NETWORK_WORDS>();
            format!("{name} is an address in {}", one_of(networks.iter().map(network)))
        }
        Operator::Size(low, u32::MAX) => format!("{name} is a list of {low} elements or more"),
        Operator::Size(low, high) if low == high => format!("{name} is a list of {low} elements"),
        Operator::Size(low, high) => format!("{name} is a list of {low} to {high} elements"),
        Operator::Some { .. } => format!("an element of {name} is as asked"),
        Operator::Modulo(divisor, remainder) => format!("{name} divided by {divisor} leaves {remainder}"),
        Operator::Percent { salt, range, .. } => {
            let [low, high] = range.map(percent);
            format!("{name} falls from {low} to {high} of `{}`", ruleset.text(salt))
        }
        _ => format!("{name} is asked something that this version does not know"),
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
    let names = variants
        .of(&ruleset.operands().words)
        .iter()
        .filter_map(|variant| {
            let variant = ruleset.variants(flag).get(*variant as usize)?;
            Some(format!("`{}`", ruleset.text(variant.name)))
        });
    format!("the flag `{}` gives {}", ruleset.text(flag.key), one_of(names))
}

fn time_window(window: Window) -> String {
    match window {
        Window::Before(end) => format!("before {}", format(end)),
        Window::After(start) => format!("after {}", format(start)),
        Window::Within(start, end) => format!("from {} and before {}", format(start), format(end)),
        Window::Last(length) => format!("in the last {}", duration(length)),
        Window::Next(length) => format!("in the next {}", duration(length)),
    }
}

fn duration(milliseconds: f64) -> String {
    let units = [
        (86_400_000.0, "days"),
        (3_600_000.0, "hours"),
        (60_000.0, "minutes"),
        (1_000.0, "seconds"),
    ];
    let whole = |(length, _): &&(f64, &str)| milliseconds % length == 0.0;
    match units.iter().find(whole) {
        Some((length, name)) => format!("{} {name}", milliseconds / length),
        None => format!("{milliseconds} milliseconds"),
    }
}

fn weekdays(days: u32) -> String {
    let names = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let asked = names.iter().enumerate().filter(|(day, _)| days >> day & 1 == 1);
    asked.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

fn zone(offset: Offset) -> String {
    let minutes = offset.minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    match minutes {
        0 => " in UTC".to_owned(),
        _ => format!(" at {sign}{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

fn network([a, b, c, d, prefix]: &[u32; NETWORK_WORDS]) -> String {
    let address = [a, b, c, d]
        .iter()
        .fold(0, |address, word| address << 32 | u128::from(**word));
    let address = Ipv6Addr::from(address);
    match address.to_ipv4_mapped() {
        Some(address) if *prefix >= 96 => format!("{address}/{}", prefix - 96),
        _ => format!("{address}/{prefix}"),
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

/// Returns what the context, or the element whose row begins there, had for the attribute of a test.
#[must_use]
pub fn because(ruleset: &Ruleset, context: &Context, id: TestId, row: u32) -> String {
    let Some(test) = ruleset.tests.get(id.index()) else {
        return String::new();
    };
    let attribute = context.get_in(row, test.slot);
    match (test.operator, test.attribute) {
        (Operator::Segment { .. }, _) => "its own conditions stand before it".to_owned(),
        (Operator::Flag { .. }, _) => "so that flag was evaluated before".to_owned(),
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

/// Returns what came of a draw for traffic, whose share is in scaled percent.
#[must_use]
pub fn traffic(point: u32, share: u32) -> String {
    let bound = bound(share.into(), SCALED_PERCENT.into());
    let percent = percent(share);
    if is_under(point, share) {
        format!("the traffic of {percent} admits the unit: point {point} is under {bound}")
    } else {
        format!("the traffic of {percent} does not admit the unit: point {point} is not under {bound}")
    }
}

/// Returns a scaled percentage as it is written.
fn percent(share: u32) -> String {
    // A percent is scaled by 10⁵, so that it has five places.
    let text = format!("{}.{:05}", share / 100_000, share % 100_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

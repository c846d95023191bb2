//! What is asked of one attribute, in words that stand behind its name.

use super::{condition, duration, network, one_of, percent, range, texts, time};
use crate::definition::{Check, Span};
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Returns what a check asks.
pub(super) fn asked(check: &Check) -> String {
    match check {
        Check::Exists => "is there".to_owned(),
        check => match predicate(check) {
            Some(rest) => format!("is {rest}"),
            None => active(check, true),
        },
    }
}

/// Returns that what a check asks is not so.
pub(super) fn refused(check: &Check) -> String {
    match check {
        Check::Exists => "is absent".to_owned(),
        check => match predicate(check) {
            Some(rest) => format!("is not {rest}"),
            None => active(check, false),
        },
    }
}

/// Returns what stands behind `is` and `is not`, where the check is said so.
fn predicate(check: &Check) -> Option<String> {
    Some(match check {
        Check::Is(boolean) => boolean.to_string(),
        Check::TextIn { members, letters } => format!("{}{}", texts(members), case(*letters)),
        Check::NumberIn(members) => one_of(members.iter().map(f64::to_string), members.len()),
        Check::Compare(comparison, bound) => format!("{} {bound}", compared(*comparison)),
        Check::Between(low, high) => format!("between {low} and {high}"),
        Check::Semver(range) => format!("a version in {:?}", range.source),
        Check::Instant(span) => instant(*span),
        Check::Weekday { days, offset } => format!("on {}{}", days_of(*days), zone(*offset)),
        Check::Hour { from, until, offset } => {
            format!("from {from}:00 and before {until}:00{}", zone(*offset))
        }
        Check::Cidr(networks) => {
            let count = networks.len();
            format!("in {}", one_of(networks.iter().copied().map(network), count))
        }
        Check::Size(0, u32::MAX) => "a list".to_owned(),
        Check::Size(low, high) => format!("a list of {}", size(*low, *high)),
        Check::Percent { salt, range: part } => {
            format!("a unit in {} of the draw {salt:?}", part_of(*part))
        }
        _ => return None,
    })
}

/// Returns what is said with a verb of its own.
fn active(check: &Check, holds: bool) -> String {
    let verb = |held: &'static str, plain: &'static str| {
        if holds {
            held.to_owned()
        } else {
            format!("does not {plain}")
        }
    };
    match check {
        Check::Part {
            part,
            any_of,
            letters,
        } => {
            let verb = match part {
                Part::StartsWith => verb("starts with", "start with"),
                Part::EndsWith => verb("ends with", "end with"),
                Part::Contains => verb("contains", "contain"),
            };
            format!("{verb} {}{}", texts(any_of), case(*letters))
        }
        Check::Matches { pattern, letters } => {
            format!("{} {pattern:?}{}", verb("matches", "match"), case(*letters))
        }
        Check::Modulo(divisor, remainder) => {
            format!(
                "{} {remainder} when divided by {divisor}",
                verb("leaves", "leave")
            )
        }
        Check::Some(inner) => {
            let which = if holds { "an" } else { "no" };
            format!("has {which} element such that {}", condition(inner))
        }
        _ => String::new(),
    }
}

fn instant(span: Span) -> String {
    match span {
        Span::Before(instant) => format!("before {}", time(instant)),
        Span::After(instant) => format!("after {}", time(instant)),
        Span::Within(from, until) => format!("from {} and before {}", time(from), time(until)),
        Span::Last(length) => format!("at most {} ago", duration(length)),
        Span::Next(length) => format!("at most {} ahead", duration(length)),
    }
}

fn days_of(days: u8) -> String {
    let named = (0..7).filter(|day| days >> day & 1 == 1);
    let named: Vec<&str> = named.filter_map(|day| DAYS.get(day).copied()).collect();
    named.join(", ")
}

fn zone(minutes: i32) -> String {
    if minutes == 0 {
        return String::new();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!(" ({sign}{:02}:{:02})", minutes / 60, minutes % 60)
}

fn size(low: u32, high: u32) -> String {
    match (low, high) {
        (low, high) if low == high => format!("{low}"),
        (low, u32::MAX) => format!("at least {low}"),
        (0, high) => format!("at most {high}"),
        (low, high) => format!("{low} to {high}"),
    }
}

fn part_of([low, high]: [u32; 2]) -> String {
    if low == 0 {
        percent(high)
    } else {
        range([low, high])
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

const fn case(letters: Letters) -> &'static str {
    match letters {
        Letters::Exact => "",
        Letters::Folded => ", whatever the case",
    }
}

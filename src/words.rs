//! Definitions as a person would say them: conditions, shares, instants and places.

mod check;

use core::fmt::Display;

use crate::bucket::WEIGHT_SCALE;
use crate::definition::{Check, Condition, NOW, Network};
use crate::instant;
use crate::read::place::{Place, Step};

/// How many members of a list are named.
const NAMED: usize = 5;
/// How many letters of a string are shown.
const SHOWN: usize = 60;

/// Returns a condition in words, such as `country is "SE" and age is at least 18`.
#[must_use]
pub fn condition(asked: &Condition) -> String {
    match asked {
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(inner) => negated(inner),
        Condition::Segment(name) => format!("in the segment `{name}`"),
        Condition::Flag { key, variants } => format!("the flag `{key}` gives {}", names(variants)),
        Condition::Test { attribute, check } => test(attribute, check),
    }
}

/// Returns what is asked of an attribute.
#[must_use]
pub fn test(attribute: &str, asked: &Check) -> String {
    format!("{} {}", named(attribute), check::asked(asked))
}

/// Returns whom a condition admits, which is everybody where there is none.
#[must_use]
pub fn audience(asked: Option<&Condition>) -> String {
    asked.map_or_else(|| "everybody".to_owned(), condition)
}

fn negated(inner: &Condition) -> String {
    match inner {
        Condition::Segment(name) => format!("not in the segment `{name}`"),
        Condition::Test { attribute, check } => {
            format!("{} {}", named(attribute), check::refused(check))
        }
        inner => format!("not {}", bracketed(inner)),
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    match parts {
        [only] => condition(only),
        parts => parts.iter().map(bracketed).collect::<Vec<_>>().join(word),
    }
}

/// Puts what has several parts between brackets.
fn bracketed(part: &Condition) -> String {
    match part {
        Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 => format!("({})", condition(part)),
        part => condition(part),
    }
}

fn named(attribute: &str) -> &str {
    match attribute {
        "" => "it",
        NOW => "the time",
        path => path,
    }
}

/// Returns a string between quotation marks, and only the beginning of a long one.
#[must_use]
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?} and more", text.get(..end).unwrap_or("")),
        None => format!("{text:?}"),
    }
}

/// Returns one or several strings, of which one is meant.
#[must_use]
pub fn texts(members: &[String]) -> String {
    one_of(members.iter().map(|member| quoted(member)), members.len())
}

/// Returns one or several names, of which one is meant.
#[must_use]
pub fn names(members: &[String]) -> String {
    one_of(members.iter().map(|name| format!("`{name}`")), members.len())
}

/// Returns all names, or the first of many.
#[must_use]
pub fn list(members: impl ExactSizeIterator<Item = String>) -> String {
    let count = members.len();
    let named: Vec<String> = members.take(NAMED).collect();
    match count {
        0 => "nothing".to_owned(),
        count if count > NAMED => format!("{} and {} more", named.join(", "), count - NAMED),
        _ => named.join(", "),
    }
}

fn one_of(members: impl Iterator<Item = String>, count: usize) -> String {
    let named: Vec<String> = members.take(NAMED).collect();
    match count {
        1 => named.concat(),
        count if count > NAMED => format!("one of {} and {} more", named.join(", "), count - NAMED),
        _ => format!("one of {}", named.join(", ")),
    }
}

/// Returns a count of things, such as `1 unit` or `3 units`.
#[must_use]
pub fn count(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Returns a scaled number as it was written, without zeros at its end.
#[must_use]
pub fn scaled(number: u64) -> String {
    let (whole, rest) = (number / WEIGHT_SCALE, number % WEIGHT_SCALE);
    let text = format!("{whole}.{rest:05}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns a scaled percentage, such as `12.5 %`.
#[must_use]
pub fn percent(scaled_percent: u32) -> String {
    format!("{} %", scaled(scaled_percent.into()))
}

/// Returns a range of scaled percentages.
#[must_use]
pub fn range([low, high]: [u32; 2]) -> String {
    format!("{} to {}", percent(low), percent(high))
}

/// Returns an instant as RFC 3339 writes it.
#[must_use]
pub fn time(milliseconds: f64) -> String {
    let text = instant::format(milliseconds);
    let rest = milliseconds % 1_000.0;
    match text.strip_suffix('Z') {
        Some(seconds) if rest != 0.0 => format!("{seconds}.{rest:03}Z"),
        _ => text,
    }
}

/// Returns a length of time in the largest unit that fits, such as `36h`.
#[must_use]
pub fn duration(milliseconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [
        (86_400_000.0, "d"),
        (3_600_000.0, "h"),
        (60_000.0, "m"),
        (1_000.0, "s"),
    ];
    let whole = UNITS
        .iter()
        .find(|(unit, _)| milliseconds >= *unit && (milliseconds / unit).fract() == 0.0);
    match whole {
        Some((unit, name)) => format!("{}{name}", milliseconds / unit),
        None => format!("{milliseconds} ms"),
    }
}

/// Returns a network as it is usually written: one of version 4 with its four numbers.
#[must_use]
pub fn network(network: Network) -> String {
    let address = std::net::Ipv6Addr::from(network.address);
    match address.to_ipv4_mapped() {
        Some(address) if network.prefix >= 96 => format!("{address}/{}", network.prefix - 96),
        _ => format!("{address}/{}", network.prefix),
    }
}

/// Returns a place in a definition, such as `flags.checkout.rules[2]`.
#[must_use]
pub fn place(steps: &[Step<'_>]) -> String {
    fn under(parent: &Place<'_>, steps: &[Step<'_>]) -> String {
        match steps {
            [] => parent.to_string(),
            [step, rest @ ..] => under(&parent.at(*step), rest),
        }
    }
    under(&Place::root(), steps)
}

/// Returns a change of something that has a short name: `from x to y`.
#[must_use]
pub fn from_to(old: impl Display, new: impl Display) -> String {
    format!("from {old} to {new}")
}

//! Operators on strings.

use super::Asked;
use crate::automaton::compile::compile;
use crate::definition::{Check, Condition};
use crate::operator::text::{Letters, Part};
use crate::read::condition::Reader;
use crate::read::field;
use crate::read::range::range;

/// How many characters a regular expression may have.
pub const MAX_PATTERN: usize = 512;

pub(super) fn starts_with(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    part(reader, asked, Part::StartsWith)
}

pub(super) fn ends_with(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    part(reader, asked, Part::EndsWith)
}

pub(super) fn contains(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    part(reader, asked, Part::Contains)
}

fn part(reader: &mut Reader<'_>, asked: &Asked<'_>, part: Part) -> Option<Condition> {
    let any_of = field::one_or_more(asked.json, "strings", asked.place, reader.issues)?;
    if any_of.iter().any(String::is_empty) {
        let mend = "write the letters that are looked for";
        reader
            .issues
            .add(asked.place, "every string has the empty one", mend);
        return None;
    }
    Some(asked.test(Check::Part {
        part,
        any_of,
        letters: asked.letters,
    }))
}

pub(super) fn semver(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let source = field::text(asked.json, asked.place, reader.issues)?;
    match range(&source) {
        Ok(range) => Some(asked.test(Check::Semver(range))),
        Err(part) => {
            let message = format!("{part:?} is no part of a range of versions");
            let mend = "write a range such as \">=2.1.0 <3\", \"^2.1\" or \"1.x || 2.0.0\"";
            reader.issues.add(asked.place, message, mend);
            None
        }
    }
}

pub(super) fn matches(reader: &mut Reader<'_>, asked: &Asked<'_>) -> Option<Condition> {
    let pattern = field::text(asked.json, asked.place, reader.issues)?;
    let fault = match pattern.chars().count() {
        0 => Some("it is empty, and every string has the empty one".to_owned()),
        length if length > MAX_PATTERN => Some(format!(
            "it has {length} characters, and {MAX_PATTERN} are allowed"
        )),
        _ => compile(&pattern, asked.letters == Letters::Folded).err(),
    };
    if let Some(fault) = fault {
        let message = format!("the regular expression cannot be used: {fault}");
        let mend = "write a smaller one, in the syntax of Rust's `regex` crate, or use `contains`";
        reader.issues.add(asked.place, message, mend);
        return None;
    }
    Some(asked.test(Check::Matches {
        pattern,
        letters: asked.letters,
    }))
}

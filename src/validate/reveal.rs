//! Clients evaluate a flag with all that it asks for, or not at all.

use std::collections::BTreeMap;

use super::asked::Asked;
use super::names::Names;
use crate::definition::{Definition, Flag, Reveal};
use crate::read::Issues;
use crate::read::place::{Place, Step};

/// For each segment that clients cannot evaluate, the flag that is why.
pub(super) type Hidden<'a> = BTreeMap<&'a str, &'a str>;

/// Returns the segments that ask, in any number of steps, for a flag that clients may not evaluate.
///
/// Each segment stands behind those that it asks for.
pub(super) fn hidden<'a>(definition: &'a Definition, names: &Names<'_>) -> Hidden<'a> {
    let mut hidden = Hidden::new();
    for (name, segment) in &definition.segments {
        let asked = Asked::by_segment(&segment.content);
        if let Some(flag) = first_hidden(&asked, names, &hidden) {
            hidden.insert(name, flag);
        }
    }
    hidden
}

/// Checks that clients may evaluate all that a flag asks for, if they may evaluate it.
pub(super) fn check(
    flag: &Flag,
    names: &Names<'_>,
    hidden: &Hidden<'_>,
    place: &Place<'_>,
    issues: &mut Issues,
) {
    if flag.reveal != Reveal::Rule {
        return;
    }
    if let Some(other) = first_hidden(&Asked::by_flag(flag), names, hidden) {
        issues.add(
            &place.at(Step::Name("reveal")),
            format!("clients may evaluate this flag, and not `{other}`, which it asks for"),
            format!("reveal the rules of `{other}` too, or do not ask for it"),
        );
    }
}

fn first_hidden<'a>(asked: &Asked<'a>, names: &Names<'_>, hidden: &Hidden<'a>) -> Option<&'a str> {
    let is_hidden = |key: &&str| {
        let flag = names.flags.get(key);
        flag.is_some_and(|flag| flag.content.reveal != Reveal::Rule)
    };
    let mut flags = asked.flags.iter().map(|(key, _)| *key);
    let through_segment = || asked.segments.iter().find_map(|name| hidden.get(name).copied());
    flags.find(is_hidden).or_else(through_segment)
}

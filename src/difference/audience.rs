//! What is different about conditions.

use std::collections::BTreeSet;

use super::members;
use crate::definition::{Check, Condition};
use crate::words;

/// Returns how a condition changed, where it did. Where there is none, everybody or nobody is meant.
pub(super) fn changed([old, new]: [&Option<Condition>; 2], without: &str) -> Option<String> {
    if old == new {
        return None;
    }
    let [before, after] = [old, new].map(|asked| {
        asked
            .as_ref()
            .map_or_else(|| without.to_owned(), words::condition)
    });
    if before != after {
        return Some(format!("where {}", words::from_to(before, after)));
    }
    // The words of a long list leave members out: then those are told that came and went.
    let [old, new] = [old, new].map(|asked| operands(asked.as_ref()));
    let moved = members("operand", &old, &new);
    if moved.is_empty() {
        return Some("where: the same operands in another order".to_owned());
    }
    Some(format!("where: {}", moved.join(", ")))
}

/// Returns what the attributes are compared with.
fn operands(asked: Option<&Condition>) -> Vec<String> {
    let mut found = BTreeSet::new();
    collect(asked, &mut found);
    found.into_iter().collect()
}

fn collect(asked: Option<&Condition>, found: &mut BTreeSet<String>) {
    match asked {
        Some(Condition::All(inner) | Condition::Any(inner)) => {
            for part in inner {
                collect(Some(part), found);
            }
        }
        Some(Condition::Not(inner)) => collect(Some(inner), found),
        Some(Condition::Flag { variants, .. }) => found.extend(variants.iter().cloned()),
        Some(Condition::Test { check, .. }) => match check {
            Check::TextIn { members, .. } => found.extend(members.iter().cloned()),
            Check::Part { any_of, .. } => found.extend(any_of.iter().cloned()),
            Check::NumberIn(members) => found.extend(members.iter().map(f64::to_string)),
            Check::Cidr(networks) => found.extend(networks.iter().map(|network| words::network(*network))),
            Check::Matches { pattern, .. } => found.extend([pattern.clone()]),
            Check::Semver(range) => found.extend([range.source.clone()]),
            Check::Some(inner) => collect(Some(inner), found),
            _ => {}
        },
        Some(Condition::Segment(_)) | None => {}
    }
}

//! Names: of keys, of attributes, and the one that was meant.

use super::Issues;
use super::place::Place;
use crate::definition::NOW;

/// How long a key may be.
pub const MAX_KEY: usize = 128;
/// How long an attribute's path may be, in bytes.
pub const MAX_PATH: usize = 256;
/// How deep a context may be, and so how many names a path may have.
pub const MAX_CONTEXT_DEPTH: usize = 16;

/// Returns whether a name may be a key.
fn is_key(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
    name.len() <= MAX_KEY
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_inner)
}

/// Adds an issue when a name may not be a key.
pub fn check_key(name: &str, place: &Place<'_>, issues: &mut Issues) {
    if !is_key(name) {
        issues.add(
            place,
            format!("{name:?} may not be a name"),
            format!("begin with a letter or digit, go on with those or . _ : / -, and keep to {MAX_KEY} characters"),
        );
    }
}

/// Adds an issue when a path may not name an attribute.
pub fn check_attribute(path: &str, place: &Place<'_>, issues: &mut Issues) {
    let names = path.split('.').count();
    if path.starts_with('$') && path != NOW {
        issues.add(
            place,
            format!("{path:?} is no attribute: names that begin with `$` are kept for later"),
            format!("write {NOW:?} for the instant of the evaluation, or another name for the attribute"),
        );
    }
    if path.is_empty() || path.len() > MAX_PATH || names > MAX_CONTEXT_DEPTH {
        issues.add(
            place,
            format!("{path:?} may not name an attribute"),
            format!("keep to {MAX_PATH} bytes and {MAX_CONTEXT_DEPTH} names, and do not leave it empty"),
        );
    }
}

/// Adds an issue when a path may not name an attribute that is bucketed.
pub fn check_unit(path: &str, place: &Place<'_>, issues: &mut Issues) {
    check_attribute(path, place, issues);
    if path == NOW {
        issues.add(place, "an instant is no unit", "name an attribute of the context");
    }
}

/// Returns the known word that differs least, if it differs by little.
#[must_use]
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = (name.len() / 3).max(1);
    known
        .iter()
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), *known))
        .min()
        .filter(|(distance, _)| *distance <= far)
        .map(|(_, known)| known)
}

/// Levenshtein's distance, for words as short as field names.
fn distance(left: &str, right: &str) -> usize {
    if left.len() > MAX_KEY {
        return usize::MAX;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in right.iter().enumerate() {
            let kept = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = kept.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

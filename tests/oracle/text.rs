//! Strings: their lower case, and regular expressions.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

/// Letter by letter: one that has several lower-case letters stays, and both sigmas are one.
pub(super) fn lower(text: &str) -> String {
    let letter = |letter: char| {
        let mut mapped = letter.to_lowercase();
        match (mapped.next(), mapped.next()) {
            (Some('ς'), None) => 'σ',
            (Some(lower), None) => lower,
            _ => letter,
        }
    };
    text.chars().map(letter).collect()
}

/// Whether a part of the text fits the expression.
pub(super) fn fits(pattern: &str, ignores_case: bool, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    let flags = if ignores_case { "(?i)" } else { "" };
    let source = format!("{flags}{}", ascii(pattern));
    COMPILED.with_borrow_mut(|compiled| {
        let compile = |source: &String| Regex::new(source).unwrap_or_else(|error| panic!("{error}"));
        let regex = compiled.entry(source).or_insert_with_key(compile);
        regex.is_match(text)
    })
}

/// Rewrites the classes of letters, digits and space, and the edges of words, to those of ASCII.
fn ascii(pattern: &str) -> String {
    let mut rewritten = String::new();
    let mut letters = pattern.chars();
    let mut is_in_class = false;
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            is_in_class = letter == '[' || is_in_class && letter != ']';
            rewritten.push(letter);
            continue;
        }
        // Alone such a class has no other letters when case does not count, not even those that are s or k in lower case.
        let (open, close) = if is_in_class { ("", "") } else { ("(?-i:", ")") };
        let class = match letters.next() {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('s') => "[\\t\\n\\x0b\\x0c\\r ]",
            Some('S') => "[^\\t\\n\\x0b\\x0c\\r ]",
            Some('b') => "(?-u:\\b)",
            other => {
                rewritten.push('\\');
                rewritten.extend(other);
                continue;
            }
        };
        rewritten.extend([open, class, close]);
    }
    rewritten
}

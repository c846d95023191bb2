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
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            rewritten.push(letter);
            continue;
        }
        match letters.next() {
            Some('d') => rewritten.push_str("[0-9]"),
            Some('D') => rewritten.push_str("[^0-9]"),
            Some('w') => rewritten.push_str("[0-9A-Za-z_]"),
            Some('W') => rewritten.push_str("[^0-9A-Za-z_]"),
            Some('s') => rewritten.push_str("[\\t\\n\\x0b\\x0c\\r ]"),
            Some('S') => rewritten.push_str("[^\\t\\n\\x0b\\x0c\\r ]"),
            Some('b') => rewritten.push_str("(?-u:\\b)"),
            Some(other) => rewritten.extend(['\\', other]),
            None => rewritten.push('\\'),
        }
    }
    rewritten
}

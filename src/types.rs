//! What a typed client knows of a definition: its flags, their types and their variants, as TypeScript.

use core::fmt::Write;
use std::collections::BTreeSet;

use crate::definition::{Definition, Flag};
use crate::json::Json;
use crate::ruleset::Kind;

/// Returns a TypeScript declaration of all flags, which types every client and engine of a program.
///
/// A program that reads a flag that is not in it no longer compiles.
#[must_use]
pub fn types(definition: &Definition) -> String {
    let environment = one_line(&definition.environment);
    let mut text = format!(
        "// The flags of {environment}, as `fader types` writes them. Do not change this by hand: run it again.\n\n\
         import 'fader/types'\n\n\
         declare module 'fader/types' {{\n  interface Flags {{\n"
    );
    for (key, flag) in &definition.flags {
        flag_member(&mut text, key, &flag.content);
    }
    text.push_str("  }\n}\n");
    text
}

fn flag_member(text: &mut String, key: &str, flag: &Flag) {
    let description = one_line(&flag.labels.description);
    // Writing into a string does not fail.
    if !description.is_empty() {
        let _ = writeln!(text, "    /** {description} */");
    }
    let variants: Vec<String> = flag.variants.iter().map(|(name, _)| quoted(name)).collect();
    let _ = writeln!(
        text,
        "    {}: {{ type: {}; variant: {} }}",
        quoted(key),
        type_of(flag),
        union(variants)
    );
}

fn type_of(flag: &Flag) -> String {
    match flag.kind {
        Kind::Boolean => "boolean".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Object => union(flag.variants.iter().map(|(_, value)| shape(value)).collect()),
    }
}

/// Returns the type of a value that nobody may change.
fn shape(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Boolean(_) => "boolean".to_owned(),
        Json::Number(_) => "number".to_owned(),
        Json::Text(_) => "string".to_owned(),
        Json::List(items) if items.is_empty() => "readonly never[]".to_owned(),
        Json::List(items) => format!("readonly ({})[]", union(items.iter().map(shape).collect())),
        Json::Object(members) => object(members),
    }
}

fn object(members: &[(String, Json)]) -> String {
    // Of members of one name JavaScript has the last.
    let mut seen = BTreeSet::new();
    let last = members.iter().rev().filter(|(name, _)| seen.insert(name));
    let mut fields: Vec<String> = last
        .map(|(name, value)| format!("readonly {}: {}", quoted(name), shape(value)))
        .collect();
    fields.reverse();
    if fields.is_empty() {
        return "Readonly<Record<string, never>>".to_owned();
    }
    format!("{{ {} }}", fields.join("; "))
}

/// Returns a union in which each member stands once.
fn union(members: Vec<String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for member in members {
        if !seen.contains(&member) {
            seen.push(member);
        }
    }
    if seen.is_empty() {
        return "never".to_owned();
    }
    seen.join(" | ")
}

fn quoted(text: &str) -> String {
    let is_plain = |char: char| !char.is_control() && !matches!(char, '\'' | '\\' | '\u{2028}' | '\u{2029}');
    if text.chars().all(is_plain) {
        return format!("'{text}'");
    }
    let json = Json::Text(text.to_owned()).to_string();
    json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Returns what may stand in a comment of one line.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("*/", "* /")
}

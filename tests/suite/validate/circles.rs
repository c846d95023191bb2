//! Flags that ask for themselves, what that refuses, and that long chains are no circles.

use std::time::Instant;

use fader::validate::validate;

use super::document;

fn flag(asks: &str) -> String {
    format!(r#"{{ "type": "boolean", "variants": {{ "on": true, "off": false }}, "safe": "off"{asks} }}"#)
}

fn requires(key: &str) -> String {
    flag(&format!(r#", "requires": {{ "{key}": "on" }}"#))
}

fn asks(condition: &str) -> String {
    flag(&format!(
        r#", "rules": [{{ "where": {condition}, "serve": "on" }}]"#
    ))
}

fn definition(segments: &str, flags: &[(String, String)]) -> String {
    let flags: Vec<String> = flags
        .iter()
        .map(|(key, json)| format!("\"{key}\": {json}"))
        .collect();
    format!(
        r#"{{ "format": 1, "environment": "t", "segments": {{ {segments} }}, "flags": {{ {} }} }}"#,
        flags.join(", ")
    )
}

#[track_caller]
fn check(segments: &str, flags: &[(&str, String)], expected: &[&str]) {
    let flags: Vec<(String, String)> = flags
        .iter()
        .map(|(key, json)| ((*key).to_owned(), json.clone()))
        .collect();
    document(&definition(segments, &flags), expected);
}

#[test]
fn circles() {
    check(
        "",
        &[("a", requires("a"))],
        &["flags.a: the flag asks for itself: a → a"],
    );
    check(
        "",
        &[("a", requires("b")), ("b", requires("a")), ("c", requires("a"))],
        &[
            "flags.a: the flag asks for itself: a → b → a",
            "flags.b: the flag asks for itself: b → a → b",
        ],
    );
    check(
        r#""s": { "where": { "not": { "flag": { "a": "on" } } } }, "t": { "where": { "segment": "s" } }"#,
        &[
            ("a", requires("b")),
            ("b", asks(r#"{ "any": [{ "x": 1 }, { "segment": "t" }] }"#)),
        ],
        &[
            "flags.a: the flag asks for itself: a → b → segment t → segment s → a",
            "flags.b: the flag asks for itself: b → segment t → segment s → a → b",
        ],
    );
    let ramp = r#", "rules": [{ "id": "r", "serve": "on" }], "ramp": { "rule": "r", "stages": [{ "segment": "s" }] }"#;
    check(
        r#""s": { "where": { "flag": { "a": "on" } } }"#,
        &[("a", flag(ramp))],
        &["flags.a: the flag asks for itself: a → segment s → a"],
    );
    // What stands between two circles is in none.
    check(
        "",
        &[
            ("a", requires("a")),
            ("between", requires("a")),
            ("b", flag(r#", "requires": { "b": "on", "between": "on" }"#)),
        ],
        &[
            "flags.a: the flag asks for itself: a → a",
            "flags.b: the flag asks for itself: b → b",
        ],
    );
}

/// Which flags of a definition are refused.
fn refused(text: &str) -> Vec<String> {
    let (definition, _) = validate(text);
    let flags = definition.unwrap().flags.into_iter();
    flags
        .filter(|(_, flag)| flag.refused)
        .map(|(key, _)| key)
        .collect()
}

#[test]
fn what_a_refused_part_refuses() {
    let text = r#"{ "format": 1, "environment": "t",
        "segments": { "bad": { "where": { "flag": { "missing": "on" } } } },
        "layers": { "bad": { "salt": "" } },
        "holdouts": { "bad": {} },
        "metrics": { "bad": {} },
        "flags": { FLAGS } }"#;
    let flags = [
        ("circle", requires("circle")),
        ("requires-circle", requires("circle")),
        ("asks-circle", asks(r#"{ "flag": { "circle": "on" } }"#)),
        ("in-segment", asks(r#"{ "segment": "bad" }"#)),
        ("in-holdout", flag(r#", "holdout": "bad""#)),
        (
            "in-layer",
            flag(r#", "rules": [{ "layer": { "name": "bad", "range": [0, 1] }, "serve": "on" }]"#),
        ),
        (
            "in-stage",
            flag(
                r#", "rules": [{ "id": "r", "serve": "on" }], "ramp": { "rule": "r", "stages": [{ "segment": "bad" }] }"#,
            ),
        ),
        (
            "measured",
            flag(
                r#", "rules": [{ "id": "r", "serve": "on" }], "ramp": { "rule": "r", "stages": [{ "percent": 1 }], "goals": ["bad"] }"#,
            ),
        ),
    ];
    let flags: Vec<String> = flags
        .iter()
        .map(|(key, json)| format!("\"{key}\": {json}"))
        .collect();
    assert_eq!(
        refused(&text.replace("FLAGS", &flags.join(", "))),
        ["circle", "in-segment", "in-holdout", "in-layer", "in-stage"]
    );
}

#[test]
fn a_flag_that_stands_twice_is_refused() {
    let text = definition(
        "",
        &[
            ("a".to_owned(), flag("")),
            ("a".to_owned(), flag("")),
            ("b".to_owned(), flag("")),
        ],
    );
    assert_eq!(refused(&text), ["a", "a"]);
}

/// `length` flags, each of which requires the next, and the last of which is `last`.
fn chain(length: usize, last: &str) -> String {
    let link = |at: usize| {
        let json = if at + 1 == length {
            last.to_owned()
        } else {
            requires(&format!("f{}", at + 1))
        };
        (format!("f{at}"), json)
    };
    definition("", &(0..length).map(link).collect::<Vec<_>>())
}

// The core has no clock; its tests may have one.
#[allow(clippy::disallowed_methods)]
#[test]
fn chains_and_circles_of_10_000_flags_take_no_time() {
    let clock = Instant::now();
    assert_eq!(validate(&chain(10_000, &flag(""))).1, []);
    let (_, issues) = validate(&chain(10_000, &requires("f0")));
    assert_eq!(issues.len(), 10_000);
    assert_eq!(issues[0].message, "the flag asks for itself: f0 → f1 → … → f0");
    // Names that are not there are compared with all others, and only for so many issues.
    let wrong = chain(10_000, &flag("")).replace("\"on\": true", "\"on\": 1");
    assert_eq!(validate(&wrong).1.len(), 10_000);
    let missing: Vec<(String, String)> = (0..10_000)
        .map(|at| (format!("f{at}"), requires(&format!("g{at}"))))
        .collect();
    assert_eq!(validate(&definition("", &missing)).1.len(), 10_000);
    // A quadratic look-up would take minutes here.
    assert!(clock.elapsed().as_secs() < 20, "{:?}", clock.elapsed());
}

//! What typed clients are told of a definition.

use fader::types::types;
use fader::validate::validate;

/// Returns the lines between the braces of the interface.
fn members(flags: &str) -> Vec<String> {
    let text = format!(r#"{{ "format": 1, "environment": "test", "flags": {{ {flags} }} }}"#);
    let (definition, issues) = validate(&text);
    assert!(issues.is_empty(), "{issues:?}");
    let declaration = types(&definition.unwrap());
    let (_, rest) = declaration.split_once("  interface Flags {\n").unwrap();
    let (inside, end) = rest.split_once("\n  }\n}\n").unwrap();
    assert_eq!(end, "");
    inside.lines().map(|line| line.trim().to_owned()).collect()
}

#[track_caller]
fn check(flag: &str, expected: &str) {
    assert_eq!(members(&format!(r#""a": {flag}"#)), [format!("'a': {expected}")]);
}

#[test]
fn scalars() {
    check(
        r#"{ "type": "boolean", "variants": { "on": true, "off": false }, "safe": "off" }"#,
        "{ type: boolean; variant: 'on' | 'off' }",
    );
    check(
        r#"{ "type": "string", "variants": { "x": "1" }, "safe": "x" }"#,
        "{ type: string; variant: 'x' }",
    );
    check(
        r#"{ "type": "number", "variants": { "x": 1, "y": 2.5 }, "safe": "x" }"#,
        "{ type: number; variant: 'x' | 'y' }",
    );
}

#[test]
fn objects() {
    let object = |values: &str, expected: &str| {
        let flag = format!(r#"{{ "type": "object", "variants": {values}, "safe": "x" }}"#);
        let names = if values.contains(r#""y""#) {
            "'x' | 'y'"
        } else {
            "'x'"
        };
        check(&flag, &format!("{{ type: {expected}; variant: {names} }}"));
    };
    object(
        r#"{ "x": { "title": "a", "size": 1 } }"#,
        "{ readonly title: string; readonly size: number }",
    );
    // Equal shapes stand once.
    object(
        r#"{ "x": { "a": 1 }, "y": { "a": 2 } }"#,
        "{ readonly a: number }",
    );
    object(
        r#"{ "x": { "a": 1 }, "y": { "b-c": null } }"#,
        "{ readonly a: number } | { readonly 'b-c': null }",
    );
    object(r#"{ "x": [1, 2] }"#, "readonly number[]");
    object(r#"{ "x": [1, "a"] }"#, "readonly (number | string)[]");
    object(
        r#"{ "x": [{ "a": [true] }] }"#,
        "readonly ({ readonly a: readonly boolean[] })[]",
    );
    object(r#"{ "x": [] }"#, "readonly never[]");
    object(r#"{ "x": {} }"#, "Readonly<Record<string, never>>");
}

#[test]
fn names_that_are_no_words_cannot_end_a_string() {
    check(
        r#"{ "type": "object", "variants": { "x": { "it's": 1, "a\\b\n": 2, "2": 3 } }, "safe": "x" }"#,
        r#"{ type: { readonly "it's": number; readonly "a\\b\n": number; readonly '2': number }; variant: 'x' }"#,
    );
}

#[test]
fn flags_stand_in_their_order() {
    let flag = r#"{ "type": "boolean", "variants": { "on": true }, "safe": "on" }"#;
    let lines = members(&format!(r#""b": {flag}, "a/b.c": {flag}"#));
    assert_eq!(
        lines,
        [
            "'b': { type: boolean; variant: 'on' }",
            "'a/b.c': { type: boolean; variant: 'on' }"
        ]
    );
}

#[test]
fn a_description_cannot_end_its_comment() {
    let text = r#"{ "format": 1, "environment": "test", "flags": { "a": { "type": "boolean", "variants": { "on": true }, "safe": "on" } } }"#;
    let mut definition = validate(text).0.unwrap();
    for (_, flag) in &mut definition.flags {
        flag.content.labels.description = "Ends */ here\nand goes on".to_owned();
    }
    assert!(types(&definition).contains("    /** Ends * / here and goes on */\n    'a': "));
}

//! What is said to be different between two definitions.

mod by_hand;

use fader::definition::Definition;
use fader::difference::difference;
use fader::validate::validate;

const FLAG: &str = r#""type": "boolean", "variants": { "on": true, "off": false }, "safe": "off""#;

#[track_caller]
fn read(members: &str) -> Definition {
    let (definition, issues) = validate(&format!(r#"{{ "format": 1, {members} }}"#));
    assert!(issues.is_empty(), "{issues:?} in {members}");
    definition.unwrap()
}

#[track_caller]
fn compare(old: &Definition, new: &Definition, expected: &[&str]) {
    let said: Vec<String> = difference(old, new)
        .iter()
        .map(|change| format!("{} | {}", change.path, change.what))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(difference(old, old), [], "a definition is the same as itself");
    assert_eq!(difference(new, new), [], "a definition is the same as itself");
}

#[track_caller]
fn document(old: &str, new: &str, expected: &[&str]) {
    compare(&read(old), &read(new), expected);
}

/// Compares two flags of the key `f`, each with these fields beside the usual ones.
#[track_caller]
fn flag(old: &str, new: &str, expected: &[&str]) {
    let of = |fields: &str| {
        let comma = if fields.is_empty() { "" } else { ", " };
        read(&format!(
            r#""environment": "test", "segments": {{ "staff": {{ "include": ["u-1"] }} }}, "flags": {{ "f": {{ {FLAG}{comma}{fields} }} }}"#
        ))
    };
    compare(&of(old), &of(new), expected);
}

#[track_caller]
fn rules(old: &str, new: &str, expected: &[&str]) {
    flag(
        &format!(r#""rules": [{old}]"#),
        &format!(r#""rules": [{new}]"#),
        expected,
    );
}

#[track_caller]
fn condition(old: &str, new: &str, expected: &str) {
    let rule = |asked: &str| format!(r#"{{ "id": "r", "where": {asked}, "serve": "on" }}"#);
    rules(
        &rule(old),
        &rule(new),
        &[&format!("flags.f.rules[0] | rule `r`: where {expected}")],
    );
}

#[test]
fn the_document() {
    document(
        r#""environment": "test", "revision": 1, "flags": {}"#,
        r#""environment": "live", "revision": 2, "flags": {}"#,
        &["environment | environment from test to live"],
    );
    document(
        &format!(r#""environment": "test", "flags": {{ "a": {{ {FLAG} }}, "b": {{ {FLAG} }} }}"#),
        &format!(r#""environment": "test", "flags": {{ "c": {{ {FLAG} }}, "a": {{ {FLAG} }} }}"#),
        &["flags.b | removed", "flags.c | added"],
    );
}

#[test]
fn segments() {
    document(
        r#""environment": "test", "flags": {}, "segments": { "s": { "include": ["u-1", "u-2"], "where": { "a": 1 } } }"#,
        r#""environment": "test", "flags": {}, "segments": { "s": { "unit": "orgId", "include": ["u-2", "u-3"], "exclude": ["u-4"] } }"#,
        &[
            "segments.s.unit | unit from userId to orgId",
            r#"segments.s.include | include: 1 unit added: "u-3""#,
            r#"segments.s.include | include: 1 unit removed: "u-1""#,
            r#"segments.s.exclude | exclude: 1 unit added: "u-4""#,
            "segments.s.where | where from a is 1 to nobody",
        ],
    );
}

#[test]
fn flags() {
    flag(
        "",
        r#""state": "killed""#,
        &["flags.f.state | state from on to killed"],
    );
    flag(
        "",
        r#""reveal": "rule""#,
        &["flags.f.reveal | reveal from none to rule"],
    );
    flag(
        "",
        r#""unit": "orgId""#,
        &["flags.f.unit | unit from userId to orgId"],
    );
    flag(
        "",
        r#""otherwise": "on""#,
        &["flags.f.otherwise | otherwise from `off` to `on`"],
    );
    flag(
        r#""overrides": { "on": ["u-1", "u-2"] }"#,
        r#""overrides": { "off": ["u-1"], "on": ["u-2"] }"#,
        &[
            r#"flags.f.overrides | overrides.on: 1 unit removed: "u-1""#,
            r#"flags.f.overrides | overrides.off: 1 unit added: "u-1""#,
        ],
    );
    let many: Vec<String> = (1..=7).map(|unit| format!(r#""u-{unit}""#)).collect();
    flag(
        "",
        &format!(r#""overrides": {{ "on": [{}] }}"#, many.join(", ")),
        &[r#"flags.f.overrides | overrides.on: 7 units added: "u-1", "u-2", "u-3", "u-4", "u-5" and 2 more"#],
    );
}

#[test]
fn variants() {
    document(
        r#""environment": "test", "flags": { "f": { "type": "number", "variants": { "a": 1, "b": 2 }, "safe": "a" } }"#,
        r#""environment": "test", "flags": { "f": { "type": "string", "variants": { "a": "1", "c": "x" }, "safe": "c" } }"#,
        &[
            "flags.f.type | type from number to string",
            r#"flags.f.variants.a | variant `a`: value from 1 to "1""#,
            "flags.f.variants.b | variant `b` removed; its value was 2",
            r#"flags.f.variants.c | variant `c` added, with the value "x""#,
            "flags.f.safe | safe from `a` to `c`",
            "flags.f.otherwise | otherwise from `a` to `c`",
        ],
    );
}

#[test]
fn what_a_rule_does() {
    let one = |old: &str, new: &str, expected: &str| {
        rules(
            &format!(r#"{{ "id": "r", {old} }}"#),
            &format!(r#"{{ "id": "r", {new} }}"#),
            &[&format!("flags.f.rules[0] | rule `r`: {expected}")],
        );
    };
    one(
        r#""traffic": 20, "serve": "on""#,
        r#""traffic": 50, "serve": "on""#,
        "traffic from 20 % to 50 %",
    );
    one(
        r#""serve": "on""#,
        r#""traffic": 0.00001, "serve": "on""#,
        "traffic from everybody to 0.00001 %",
    );
    one(
        r#""serve": "on""#,
        r#""serve": "off""#,
        "serve from `on` to `off`",
    );
    one(
        r#""split": { "on": 1, "off": 2.5 }"#,
        r#""split": { "off": 2.5, "on": 1 }"#,
        "split from `on` 1, `off` 2.5 to `off` 2.5, `on` 1",
    );
    one(
        r#""serve": "on""#,
        r#""split": { "on": 1 }"#,
        "choice from serve `on` to split `on` 1",
    );
    one(
        r#""serve": "on""#,
        r#""serve": "on", "from": 1794963600500"#,
        "beginning from any time to 2026-11-18T01:00:00.500Z",
    );
    one(
        r#""serve": "on", "until": 1794963600000"#,
        r#""serve": "on""#,
        "end from 2026-11-18T01:00:00Z to any time",
    );
    one(
        r#""serve": "on""#,
        r#""serve": "on", "salt": "s""#,
        r#"salt from the flag's key to "s""#,
    );
    one(
        r#""serve": "on""#,
        r#""serve": "on", "where": { "segment": "staff" }"#,
        "where from everybody to in the segment `staff`",
    );
}

#[test]
fn conditions_in_words() {
    condition(
        r#"{ "a": 1 }"#,
        r#"{ "a": [1, 2] }"#,
        "from a is 1 to a is one of 1, 2",
    );
    condition(
        r#"{ "a": { "exists": false } }"#,
        r#"{ "a": { "exists": true, "not": { "startsWith": "x" } } }"#,
        r#"from a is absent to a is there and a does not start with "x""#,
    );
    condition(
        r#"{ "a": { "atLeast": 18, "lessThan": 65 } }"#,
        r#"{ "not": { "a": { "between": [1, 2] } } }"#,
        "from a is at least 18 and a is less than 65 to a is not between 1 and 2",
    );
    condition(
        r#"{ "any": [{ "a": 1, "b": true }, { "segment": "staff" }] }"#,
        r#"{ "not": { "any": [{ "a": 1 }, { "b": 2 }] } }"#,
        "from (a is 1 and b is true) or in the segment `staff` to not (a is 1 or b is 2)",
    );
    condition(
        r#"{ "a": { "equals": "X", "ignoreCase": true } }"#,
        r#"{ "a": { "semver": ">=2 <3" } }"#,
        r#"from a is "X", whatever the case to a is a version in ">=2 <3""#,
    );
}

/// The words of a long list leave members out; what changed must be said nevertheless.
#[test]
fn members_of_long_lists() {
    let list = |last: &str| {
        let members: Vec<String> = (0..9).map(|at| format!(r#""m{at}""#)).collect();
        format!(r#"{{ "a": [{}, "{last}"] }}"#, members.join(", "))
    };
    let expected = [r#"flags.f.rules[0] | rule `r`: where: 1 operand added: "y", 1 operand removed: "x""#];
    let rule = |asked: &str| format!(r#"{{ "id": "r", "where": {asked}, "serve": "on" }}"#);
    rules(&rule(&list("x")), &rule(&list("y")), &expected);
}

#[test]
fn rules_that_come_go_and_move() {
    let [a, b, c] = ["a", "b", "c"].map(|id| format!(r#"{{ "id": "{id}", "serve": "on" }}"#));
    rules(
        &format!("{a}, {b}"),
        &format!("{a}, {c}"),
        &[
            "flags.f.rules[1] | rule `b` removed: serve `on` to everybody",
            "flags.f.rules[1] | rule `c` added at place 2: serve `on` to everybody",
        ],
    );
    // Only the one that moved is told, and not all that it passed.
    rules(
        &format!("{a}, {b}, {c}"),
        &format!("{c}, {a}, {b}"),
        &["flags.f.rules[0] | rule `c`: moved from place 3 to 1"],
    );
    rules(
        &format!("{a}, {b}, {c}"),
        &format!("{b}, {c}"),
        &["flags.f.rules[0] | rule `a` removed: serve `on` to everybody"],
    );
}

/// A rule without an id is called by its place, which changes when one is put before it.
#[test]
fn rules_without_ids() {
    let [a, b] = [
        r#"{ "where": { "a": 1 }, "serve": "on" }"#,
        r#"{ "where": { "b": 1 }, "serve": "on" }"#,
    ];
    rules(
        b,
        &format!("{a}, {b}"),
        &["flags.f.rules[0] | rule `rule-1` added at place 1: serve `on` to a is 1"],
    );
    rules(
        b,
        a,
        &["flags.f.rules[0] | rule `rule-1`: where from b is 1 to a is 1"],
    );
}

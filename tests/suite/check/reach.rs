//! Rules that nobody reaches, and those that somebody may.

use super::{VARIANTS, document, flag, found, read};

/// Checks two rules: the second serves the safe variant to all that the first leaves, so that it does not stand in vain.
#[track_caller]
fn two(first: &str, second: &str, expected: &[&str]) {
    flag(
        &format!(r#""otherwise": "on", "rules": [{{ "id": "a", {first} }}, {{ "id": "b", {second} }}]"#),
        expected,
    );
}

#[track_caller]
fn taken(first: &str, second: &str, whom: &str) {
    let message = format!(
        "flags.f.rules[1]: unreachable: the rule `b` is never reached: `a` decides before it for {whom}"
    );
    let serve = |rule: &str, variant: &str| {
        if rule.contains("split") {
            rule.to_owned()
        } else {
            format!(r#"{rule} "serve": "{variant}""#)
        }
    };
    let found = found(&read(&format!(
        r#""flags": {{ "f": {{ {VARIANTS}, "otherwise": "on", "rules": [{{ "id": "a", {} }}, {{ "id": "b", {} }}] }} }}"#,
        serve(first, "on"),
        serve(second, "off"),
    )));
    assert!(found.contains(&message), "{found:?} has not {message}");
}

#[track_caller]
fn free(first: &str, second: &str) {
    let text = format!(
        r#""flags": {{ "f": {{ {VARIANTS}, "otherwise": "on", "rules": [{{ "id": "a", {first} "serve": "on" }}, {{ "id": "b", {second} "serve": "off" }}] }} }}"#
    );
    let found = found(&read(&text));
    assert!(
        !found.iter().any(|finding| finding.contains("unreachable")),
        "{found:?}"
    );
}

#[test]
fn rules_after_one_that_takes_all() {
    taken("", "", "everybody");
    taken("", r#""traffic": 20,"#, "everybody");
    taken("", r#""where": { "a": 1 },"#, "whom it concerns (a is 1)");
    taken(
        r#""where": { "a": [1, 2] },"#,
        r#""where": { "a": 1 },"#,
        "whom it concerns (a is 1)",
    );
    taken(
        r#""where": { "a": { "exists": true } },"#,
        r#""where": { "b": 2, "a": { "startsWith": "x" } },"#,
        r#"whom it concerns (b is 2 and a starts with "x")"#,
    );
    taken(
        r#""where": { "a": { "atLeast": 18 } },"#,
        r#""where": { "a": { "between": [20, 30] } },"#,
        "whom it concerns (a is between 20 and 30)",
    );
    taken(
        r#""where": { "not": { "a": "x" } },"#,
        r#""where": { "a": ["y", "z"] },"#,
        r#"whom it concerns (a is one of "y", "z")"#,
    );
    taken(
        r#""until": 2000000000000,"#,
        r#""until": 1900000000000,"#,
        "everybody",
    );
}

#[test]
fn rules_that_leave_something_to_others() {
    free(r#""where": { "a": 1 },"#, "");
    free(r#""where": { "a": 1 },"#, r#""where": { "a": [1, 2] },"#);
    free(r#""where": { "a": 1, "b": 2 },"#, r#""where": { "a": 1 },"#);
    free(r#""until": 2000000000000,"#, "");
    free(r#""traffic": 20,"#, "");
    free(r#""traffic": 20,"#, r#""traffic": 30,"#);
    free(r#""traffic": 20, "salt": "x","#, r#""traffic": 10,"#);
    free(
        r#""where": { "a": { "greaterThan": 18 } },"#,
        r#""where": { "a": { "atLeast": 18 } },"#,
    );
    free(
        r#""where": { "a": { "equals": "x", "ignoreCase": false } },"#,
        r#""where": { "a": { "equals": "x", "ignoreCase": true } },"#,
    );
}

#[test]
fn rules_after_a_draw() {
    let without = "everybody with a `userId`, and without one it cannot decide";
    // The same salt admits the same units, so the smaller traffic is in the larger.
    taken(r#""traffic": 20,"#, r#""traffic": 20,"#, without);
    taken(r#""traffic": 20,"#, r#""traffic": 10,"#, without);
    taken(r#""split": { "on": 1, "off": 1 }"#, r#""traffic": 10,"#, without);
    taken(r#""traffic": 100,"#, r#""split": { "on": 1, "off": 1 }"#, without);
    two(
        r#""split": { "on": 1, "off": 1 }"#,
        r#""serve": "off""#,
        &[
            "flags.f.rules[1]: info without-unit: the rule `b` is only reached without a `userId`: `a` decides before it for everybody with one",
        ],
    );
    // Somebody said that this is what it is for.
    two(
        r#""split": { "on": 1, "off": 1 }"#,
        r#""where": { "userId": { "exists": false } }, "serve": "off""#,
        &[],
    );
}

#[test]
fn segments_are_looked_into() {
    let with = |segment: &str, expected: &[&str]| {
        document(
            &format!(
                r#""segments": {{ "s": {segment} }}, "flags": {{ "f": {{ {VARIANTS}, "rules": [
                    {{ "id": "a", "where": {{ "country": ["SE", "NO"] }}, "serve": "on" }},
                    {{ "id": "b", "where": {{ "segment": "s" }}, "traffic": 10, "serve": "on" }}] }} }}"#
            ),
            expected,
        );
    };
    let taken = "flags.f.rules[1]: unreachable: the rule `b` is never reached: `a` decides before it for whom it concerns (in the segment `s`)";
    with(r#"{ "where": { "country": "SE" } }"#, &[taken]);
    with(
        r#"{ "where": { "country": "SE" }, "exclude": ["u-1"] }"#,
        &[taken],
    );
    // Whoever is included need not be in Sweden.
    with(r#"{ "where": { "country": "SE" }, "include": ["u-1"] }"#, &[]);
}

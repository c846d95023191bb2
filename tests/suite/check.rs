//! What is found in definitions that have no issues.

mod by_hand;
mod reach;
mod sound;

use std::collections::BTreeSet;

use fader::check::{Level, check};
use fader::definition::Definition;
use fader::validate::validate;

/// 21 November 2026, noon.
const NOW: f64 = 1_795_262_400_000.0;
const VARIANTS: &str = r#""type": "boolean", "variants": { "on": true, "off": false }, "safe": "off""#;

#[track_caller]
fn read(members: &str) -> Definition {
    let text = format!(r#"{{ "format": 1, "environment": "test", {members} }}"#);
    let (definition, issues) = validate(&text);
    assert!(issues.is_empty(), "{issues:?} in {text}");
    definition.unwrap()
}

/// Returns what is found, in words.
#[track_caller]
fn found(definition: &Definition) -> Vec<String> {
    let told = |finding: &fader::check::Finding| {
        assert!(!finding.mend.is_empty(), "{finding:?} has no mend");
        let level = match finding.level {
            Level::Warning => "",
            Level::Info => "info ",
        };
        format!("{}: {level}{}: {}", finding.path, finding.code, finding.message)
    };
    check(definition, NOW, None).iter().map(told).collect()
}

#[track_caller]
fn document(members: &str, expected: &[&str]) {
    assert_eq!(found(&read(members)), expected, "for {members}");
}

/// Checks a flag `f` with these fields, beside a segment that it asks for.
#[track_caller]
fn flag(fields: &str, expected: &[&str]) {
    document(
        &format!(r#""flags": {{ "f": {{ {VARIANTS}, {fields} }} }}"#),
        expected,
    );
}

#[track_caller]
fn never(condition: &str, why: &str) {
    let rules = format!(r#""rules": [{{ "id": "a", "where": {condition}, "serve": "on" }}]"#);
    let message = format!("flags.f.rules[0].where: never-holds: {why}");
    flag(&rules, &[&message]);
}

#[track_caller]
fn may(condition: &str) {
    flag(
        &format!(r#""rules": [{{ "id": "a", "where": {condition}, "serve": "on" }}]"#),
        &[],
    );
}

#[test]
fn a_plain_flag_has_nothing_to_find() {
    flag(
        r#""rules": [{ "id": "a", "where": { "country": "SE" }, "serve": "on" }, { "id": "b", "traffic": 20, "serve": "on" }]"#,
        &[],
    );
}

#[test]
fn conditions_that_never_hold() {
    never(
        r#"{ "country": "SE", "all": [{ "country": "NO" }] }"#,
        r#"the condition can never hold: not both country is "SE" and country is "NO""#,
    );
    never(
        r#"{ "age": { "lessThan": 18, "atLeast": 18 } }"#,
        "the condition can never hold: not both age is less than 18 and age is at least 18",
    );
    never(
        r#"{ "a": "x", "not": { "a": ["x", "y"] } }"#,
        r#"the condition can never hold: not both a is "x" and a is not one of "x", "y""#,
    );
    never(
        r#"{ "a": { "startsWith": "x", "equals": "Xy" } }"#,
        r#"the condition can never hold: not both a starts with "x" and a is "Xy""#,
    );
    never(
        r#"{ "all": [{ "a": 1 }, { "a": "1" }] }"#,
        r#"the condition can never hold: not both a is 1 and a is "1""#,
    );
    never(
        r#"{ "any": [{ "a": true, "all": [{ "a": false }] }, { "b": 1 }] }"#,
        "one of the alternatives can never hold: not both a is true and a is false",
    );
    may(r#"{ "age": { "atMost": 18, "atLeast": 18 } }"#);
    may(r#"{ "a": "x", "not": { "b": "x" } }"#);
    may(r#"{ "a": { "startsWith": "x", "ignoreCase": true, "equals": "Xy" } }"#);
    may(r#"{ "a": { "contains": "x" }, "all": [{ "a": { "contains": "y" } }] }"#);
    may(r#"{ "a": { "startsWith": "x" }, "all": [{ "a": { "startsWith": "xy" } }] }"#);
}

#[test]
fn rules_that_are_over() {
    flag(
        r#""rules": [{ "id": "a", "until": "2026-11-21T12:00:00Z", "serve": "on" }, { "id": "b", "until": "2026-11-21T12:00:01Z", "serve": "on" }]"#,
        &["flags.f.rules[0]: over: the rule `a` was over on 2026-11-21T12:00:00Z"],
    );
}

#[test]
fn rules_without_effect() {
    flag(
        r#""otherwise": "on", "rules": [{ "id": "a", "where": { "a": 1 }, "serve": "off" }, { "id": "b", "traffic": 20, "serve": "on" }]"#,
        &[
            "flags.f.rules[1]: info no-effect: without the rule `b` everybody whom it concerns gets `on` as well",
        ],
    );
    flag(
        r#""rules": [{ "id": "a", "where": { "a": 1 }, "serve": "on" }, { "id": "b", "traffic": 0, "serve": "on" }]"#,
        &["flags.f.rules[1].traffic: info admits-nobody: the rule `b` admits nobody: its traffic is 0 %"],
    );
}

#[test]
fn weights() {
    let split = |weights: &str, expected: &[&str]| {
        flag(
            &format!(r#""rules": [{{ "id": "a", "split": {weights} }}]"#),
            expected,
        );
    };
    for fine in [
        r#"{ "on": 50, "off": 50 }"#,
        r#"{ "on": 0.5, "off": 0.5 }"#,
        r#"{ "on": 1, "off": 2 }"#,
    ] {
        split(fine, &[]);
    }
    split(
        r#"{ "on": 50, "off": 49 }"#,
        &[
            "flags.f.rules[0].split: info weights: the weights sum to 99, which is no round number; only their ratio counts",
        ],
    );
    split(
        r#"{ "on": 1, "off": 2.5 }"#,
        &[
            "flags.f.rules[0].split: info weights: the weights sum to 3.5, which is no round number; only their ratio counts",
        ],
    );
    split(
        r#"{ "on": 100, "off": 0 }"#,
        &["flags.f.rules[0].split.off: info zero-weight: the rule `a` never gives `off`: its weight is 0"],
    );
}

#[test]
fn equal_salts() {
    let pair = |first: &str, second: &str, expected: &[&str]| {
        document(
            &format!(r#""flags": {{ "f": {{ {VARIANTS}, {first} }}, "g": {{ {VARIANTS}, {second} }} }}"#),
            expected,
        );
    };
    let rule = |rest: &str| format!(r#""rules": [{{ "id": "a", {rest} }}]"#);
    let traffic = rule(r#""traffic": 20, "serve": "on", "salt": "s""#);
    let split = rule(r#""split": { "on": 50, "off": 50 }, "salt": "s""#);
    pair(
        &traffic,
        &traffic,
        &[
            r#"flags.g.rules[0]: same-salt: the rule `a` has the salt "s" and the unit `userId`, as the rule `a` of the flag `f` has: the traffic draws alike, so whoever the smaller of the two admits, the larger admits too"#,
        ],
    );
    pair(
        &split,
        &split,
        &[
            r#"flags.g.rules[0]: same-salt: the rule `a` has the salt "s" and the unit `userId`, as the rule `a` of the flag `f` has: the split draws alike, so the same people get the same part of both"#,
        ],
    );
    // What is drawn for traffic has nothing to do with what is drawn for a split.
    pair(&traffic, &split, &[]);
    pair(&traffic, &rule(r#""traffic": 20, "serve": "on""#), &[]);
    pair(&traffic, &format!(r#""unit": "orgId", {traffic}"#), &[]);
    // A flag's own key is its salt.
    pair(
        &rule(r#""traffic": 20, "serve": "on""#),
        &rule(r#""traffic": 20, "serve": "on", "salt": "f""#),
        &[
            r#"flags.g.rules[0]: same-salt: the rule `a` has the salt "f" and the unit `userId`, as the rule `a` of the flag `f` has: the traffic draws alike, so whoever the smaller of the two admits, the larger admits too"#,
        ],
    );
    // Nobody is in both.
    pair(
        &rule(r#""traffic": 20, "serve": "on", "salt": "s", "where": { "a": 1 }"#),
        &rule(r#""traffic": 20, "serve": "on", "salt": "s", "where": { "a": 2 }"#),
        &[],
    );
}

#[test]
fn flags_that_do_not_decide() {
    flag(
        r#""otherwise": "on""#,
        &["flags.f: info constant: the flag gives `on` to everybody"],
    );
    flag(
        r#""rules": [{ "id": "a", "serve": "on" }]"#,
        &["flags.f: info constant: the flag gives `on` to everybody"],
    );
    flag(
        r#""state": "off", "rules": [{ "id": "a", "serve": "on" }]"#,
        &["flags.f.state: info off: the flag is off: whoever is not overridden gets `off`"],
    );
    flag(
        r#""state": "killed", "overrides": { "on": ["u-1"] }, "rules": [{ "id": "a", "serve": "on" }]"#,
        &[
            "flags.f.state: info killed: the flag is killed: everybody gets `off`, also the 1 unit that it overrides",
        ],
    );
}

#[test]
fn variants_that_are_never_given() {
    document(
        r#""flags": { "f": { "type": "number", "variants": { "a": 1, "b": 2, "c": 3, "d": 4, "e": 5 }, "safe": "a", "otherwise": "b",
            "overrides": { "c": ["u-1"] }, "rules": [{ "id": "r", "split": { "a": 50, "b": 50, "d": 0 } }] } }"#,
        &[
            "flags.f.rules[0].split.d: info zero-weight: the rule `r` never gives `d`: its weight is 0",
            "flags.f.variants.d: never-given: the variant `d` can never be given",
            "flags.f.variants.e: never-given: the variant `e` can never be given",
        ],
    );
}

#[test]
fn segments() {
    let pair = |first: &str, second: &str, expected: &[&str]| {
        document(
            &format!(
                r#""segments": {{ "s": {first}, "t": {second} }}, "flags": {{ "f": {{ {VARIANTS}, "rules": [{{ "id": "a", "where": {{ "segment": ["s", "t"] }}, "serve": "on" }}] }} }}"#
            ),
            expected,
        );
    };
    let sweden = r#"{ "where": { "country": "SE" } }"#;
    pair(
        sweden,
        sweden,
        &["segments.t: same-segment: everybody in `t` is in `s`, and the other way round"],
    );
    pair(
        sweden,
        r#"{ "where": { "country": ["SE", "NO"] } }"#,
        &["segments.s: info contained-segment: everybody in `s` is in `t` as well"],
    );
    pair(
        sweden,
        r#"{ "where": { "any": [{ "country": "NO" }, { "segment": "s" }] } }"#,
        &[],
    );
    pair(
        sweden,
        r#"{ "where": { "country": "SE" }, "include": ["u-1"] }"#,
        &["segments.s: info contained-segment: everybody in `s` is in `t` as well"],
    );
    pair(
        r#"{ "include": ["u-1"] }"#,
        r#"{ "unit": "orgId", "include": ["u-1"] }"#,
        &[],
    );
    document(
        &format!(
            r#""segments": {{ "s": {sweden} }}, "flags": {{ "f": {{ {VARIANTS}, "rules": [{{ "id": "a", "where": {{ "a": 1 }}, "serve": "on" }}] }} }}"#
        ),
        &["segments.s: unused: no flag asks for `s`"],
    );
}

#[test]
fn personal_data() {
    let revealed = |reveal: &str, expected: &[&str]| {
        document(
            &format!(
                r#""segments": {{ "s": {{ "unit": "email", "include": ["ann@example.com"], "where": {{ "email": {{ "endsWith": "@example.org" }} }} }} }},
                "flags": {{ "f": {{ {VARIANTS}, "reveal": "{reveal}", "overrides": {{ "on": ["u-1", "bo@example.com"] }}, "rules": [
                    {{ "id": "a", "where": {{ "any": [{{ "segment": "s" }}, {{ "email": ["cy@example.com", "di@example.com"] }}] }}, "serve": "on" }}] }} }}"#
            ),
            expected,
        );
    };
    revealed("value", &[]);
    revealed(
        "rule",
        &[
            r#"flags.f.overrides: personal-data: clients get to see personal data: the overrides hold an e-mail address "bo@example.com""#,
            r#"flags.f.rules[0].where: personal-data: clients get to see personal data: the condition holds 2 e-mail addresses, such as "cy@example.com""#,
            r#"flags.f: personal-data: clients get to see personal data: the segment `s`, for which it asks, holds an e-mail address "ann@example.com""#,
        ],
    );
}

#[test]
fn flags_that_nobody_reads() {
    let rules = r#""rules": [{ "id": "a", "where": { "a": 1 }, "serve": "on" }]"#;
    let definition = read(&format!(
        r#""flags": {{ "f": {{ {VARIANTS}, {rules} }}, "g": {{ {VARIANTS}, {rules} }} }}"#
    ));
    let read: BTreeSet<String> = ["g", "h"].map(str::to_owned).into();
    let findings = check(&definition, NOW, Some(&read));
    let told: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}: {}", finding.path, finding.message))
        .collect();
    assert_eq!(told, ["flags.f: nobody reads the flag `f`"]);
    assert_eq!(check(&definition, NOW, None), []);
}

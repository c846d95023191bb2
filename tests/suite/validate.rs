//! What is wrong in a definition, case by case: where, what, and that nothing else is said.

mod circles;
mod conditions;
mod meaning;
mod operators;
mod parts;
mod segments;

use fader::Ruleset;
use fader::compile::compile;
use fader::validate::validate;

pub(crate) fn issues(text: &str) -> Vec<String> {
    let (_, issues) = validate(text);
    for issue in &issues {
        assert!(!issue.mend.is_empty(), "{issue} has no mend");
    }
    issues
        .iter()
        .map(|issue| format!("{}: {}", issue.path, issue.message))
        .collect()
}

#[track_caller]
pub(crate) fn document(text: &str, expected: &[&str]) {
    assert_eq!(issues(text), expected, "for {text}");
}

/// What the flag `f` may refer to.
const PARTS: &str = r#"
    "segments": { "staff": { "include": ["u-1"] }, "asking": { "where": { "flag": { "hidden": "on" } } } },
    "layers": { "checkout": {} },
    "holdouts": { "q4": { "percent": 2 } },
    "metrics": { "errors": { "kind": "occurrence", "worse": "more" } }"#;
const FLAGS: &str = r#"
    "g": { "type": "boolean", "reveal": "rule", "variants": { "on": true, "off": false }, "safe": "off" },
    "hidden": { "type": "boolean", "variants": { "on": true, "off": false }, "safe": "off" }"#;

/// Puts a field into the flag `f`, in place of the one of that name.
#[track_caller]
pub(crate) fn flag(name: &str, json: &str, expected: &[&str]) {
    let mut fields = vec![
        ("type", r#""boolean""#),
        ("variants", r#"{ "on": true, "off": false }"#),
        ("safe", r#""off""#),
    ];
    fields.retain(|(field, _)| *field != name);
    if !json.is_empty() {
        fields.push((name, json));
    }
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, json)| format!("\"{name}\": {json}"))
        .collect();
    let text = format!(
        r#"{{ "format": 1, "environment": "test", {PARTS}, "flags": {{ "f": {{ {} }}, {FLAGS} }} }}"#,
        fields.join(", "),
    );
    assert_eq!(issues(&text), expected, "for {text}");
}

#[track_caller]
pub(crate) fn rule(json: &str, expected: &[&str]) {
    flag("rules", &format!("[{json}]"), expected);
}

#[track_caller]
pub(crate) fn condition(json: &str, expected: &[&str]) {
    rule(&format!(r#"{{ "where": {json}, "serve": "on" }}"#), expected);
}

#[track_caller]
pub(crate) fn segments(json: &str, expected: &[&str]) {
    let text = format!(r#"{{ "format": 1, "environment": "test", "segments": {json}, "flags": {{}} }}"#);
    assert_eq!(issues(&text), expected, "for {text}");
}

#[test]
fn a_right_definition_has_no_issues() {
    flag(
        "rules",
        r#"[{ "where": { "segment": "staff" }, "serve": "on" }, { "traffic": 12.345, "split": { "on": 1, "off": 2.5 } }]"#,
        &[],
    );
}

#[test]
fn the_document() {
    document(
        "",
        &["definition: this is not JSON: EOF while parsing a value at line 1 column 0"],
    );
    document(
        "{",
        &["definition: this is not JSON: EOF while parsing an object at line 1 column 1"],
    );
    document("[]", &["definition: this is a list, and an object is wanted"]);
    document("{}", &["definition: `format` is missing"]);
    document(r#"{ "format": 2 }"#, &["format: format 2 is not known"]);
    document(
        r#"{ "format": 1 }"#,
        &[
            "definition: `environment` is missing",
            "definition: `flags` is missing",
        ],
    );
    document(
        r#"{ "format": 1, "environment": "a b", "flags": {} }"#,
        &["environment: \"a b\" may not be a name"],
    );
    document(
        r#"{ "format": 1, "environment": 7, "flags": {} }"#,
        &["environment: this is a number, and a string is wanted"],
    );
    document(
        r#"{ "format": 1, "environment": "t", "revision": 1.5, "flags": {} }"#,
        &["revision: a revision is a whole number"],
    );
    document(
        r#"{ "format": 1, "environment": "t", "flag": {}, "flags": {}, "layers": [] }"#,
        &[
            "flag: `flag` is no field of this object",
            "layers: this is a list, and an object is wanted",
        ],
    );
    document(
        r#"{ "format": 1, "format": 1, "environment": "t", "flags": {} }"#,
        &["format: `format` stands here twice"],
    );
    document(
        r#"{ "format": 1, "environment": "t", "flags": [] }"#,
        &["flags: this is a list, and an object is wanted"],
    );
    document(
        r#"{ "format": 1, "environment": "t", "flags": { "a b": 7 } }"#,
        &[
            "flags[\"a b\"]: \"a b\" may not be a name",
            "flags[\"a b\"]: this is a number, and an object is wanted",
        ],
    );
}

#[test]
fn flags() {
    flag("type", "", &["flags.f: `type` is missing"]);
    flag("type", "\"bool\"", &["flags.f.type: \"bool\" is not known here"]);
    flag("variants", "", &["flags.f: `variants` is missing"]);
    flag(
        "variants",
        "{}",
        &["flags.f.variants: a flag needs one variant at least"],
    );
    flag(
        "variants",
        r#"{ "on": true, "off": "false" }"#,
        &["flags.f.variants.off: the value is a string, and the flag's type wants true or false"],
    );
    flag(
        "variants",
        r#"{ "on": true, "off": false, "2": true }"#,
        &["flags.f.variants.2: a variant's name may not be a number: tools that rewrite JSON would move it"],
    );
    flag("safe", "", &["flags.f: `safe` is missing"]);
    flag("safe", "\"of\"", &["flags.f.safe: there is no variant `of`"]);
    flag(
        "otherwise",
        "\"maybe\"",
        &["flags.f.otherwise: there is no variant `maybe`"],
    );
    flag(
        "state",
        "\"paused\"",
        &["flags.f.state: \"paused\" is not known here"],
    );
    flag(
        "reveal",
        "true",
        &["flags.f.reveal: this is a boolean, and a string is wanted"],
    );
    flag("unit", "\"\"", &["flags.f.unit: \"\" may not name an attribute"]);
    flag(
        "owner",
        "7",
        &["flags.f.owner: this is a number, and a string is wanted"],
    );
    flag(
        "tags",
        "[1]",
        &["flags.f.tags[0]: this is a number, and a string is wanted"],
    );
    flag(
        "colour",
        "7",
        &["flags.f.colour: `colour` is no field of this object"],
    );
    flag(
        "overrides",
        r#"{ "onn": ["u-1"] }"#,
        &["flags.f.overrides.onn: there is no variant `onn`"],
    );
    flag(
        "overrides",
        r#"{ "on": ["u-1"], "off": ["u-2", "u-1"] }"#,
        &["flags.f.overrides.off[1]: \"u-1\" is overridden twice, first to `on`"],
    );
    flag(
        "overrides",
        r#"{ "on": [1.5] }"#,
        &[
            "flags.f.overrides.on[0]: this is a number, and a unit, which is a string or a whole number, is wanted",
        ],
    );
}

#[test]
fn an_unknown_type_hides_nothing_else() {
    document(
        r#"{ "format": 1, "environment": "t", "flags": { "f": { "type": "bool", "variants": { "on": true }, "safe": "of" } } }"#,
        &[
            "flags.f.type: \"bool\" is not known here",
            "flags.f.safe: there is no variant `of`",
        ],
    );
}

#[test]
fn rules() {
    rule(
        "7",
        &["flags.f.rules[0]: this is a number, and an object is wanted"],
    );
    rule(
        "{}",
        &["flags.f.rules[0]: a rule has neither `serve` nor `split`"],
    );
    rule(
        r#"{ "serve": "on", "split": { "on": 1 } }"#,
        &["flags.f.rules[0]: a rule has `serve` or `split`, not both"],
    );
    rule(
        r#"{ "serve": "maybe" }"#,
        &["flags.f.rules[0].serve: there is no variant `maybe`"],
    );
    rule(
        r#"{ "split": { "maybe": 1 } }"#,
        &["flags.f.rules[0].split.maybe: there is no variant `maybe`"],
    );
    rule(
        r#"{ "split": { "on": 0 } }"#,
        &["flags.f.rules[0].split: the weights sum to nothing"],
    );
    rule(
        r#"{ "split": { "on": -1, "off": 1 } }"#,
        &["flags.f.rules[0].split.on: -1 is no weight"],
    );
    rule(
        r#"{ "split": { "on": 0.000001, "off": 1 } }"#,
        &["flags.f.rules[0].split.on: 1e-6 is no weight"],
    );
    rule(
        r#"{ "split": { "on": 42949, "off": 1 } }"#,
        &["flags.f.rules[0].split: the weights sum to more than 42949"],
    );
    rule(
        r#"{ "serve": "on", "traffic": 100.1 }"#,
        &["flags.f.rules[0].traffic: 100.1 is no share of the traffic"],
    );
    rule(
        r#"{ "serve": "on", "traffic": "5 %" }"#,
        &["flags.f.rules[0].traffic: \"5 %\" is no share of the traffic"],
    );
    rule(
        r#"{ "serve": "on", "from": "2026-02-30T00:00:00Z" }"#,
        &["flags.f.rules[0].from: \"2026-02-30T00:00:00Z\" is no instant"],
    );
    rule(
        r#"{ "serve": "on", "from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" }"#,
        &["flags.f.rules[0].until: the rule ends before it begins"],
    );
    rule(
        r#"{ "id": "a", "serve": "on" }, { "id": "a", "serve": "off" }"#,
        &["flags.f.rules[1].id: the id `a` is that of rule 0 as well"],
    );
    rule(
        r#"{ "serve": "on", "weight": 1 }"#,
        &["flags.f.rules[0].weight: `weight` is no field of this object"],
    );
    rule(
        r#"{ "serve": "on", "salt": "" }"#,
        &["flags.f.rules[0].salt: \"\" may not be a name"],
    );
}

#[test]
fn a_flag_with_an_issue_is_refused_alone() {
    let text = r#"{ "format": 1, "environment": "t",
        "segments": { "broken": { "where": { "segment": "missing" } }, "above": { "where": { "segment": "broken" } } },
        "flags": {
            "good": { "type": "boolean", "variants": { "on": true }, "safe": "on" },
            "bad": { "type": "boolean", "variants": { "on": 1 }, "safe": "on" },
            "worse": 7,
            "asks": { "type": "boolean", "variants": { "on": true }, "safe": "on",
                "rules": [{ "where": { "segment": "above" }, "serve": "on" }] }
        } }"#;
    let (definition, issues) = validate(text);
    assert_eq!(issues.len(), 3);
    let ruleset = Ruleset::load(&compile(&definition.unwrap()).encode()).unwrap();
    let refused: Vec<(&str, bool)> = ruleset
        .flags()
        .iter()
        .map(|flag| (ruleset.text(flag.key), flag.is_refused))
        .collect();
    assert_eq!(
        refused,
        [("asks", true), ("bad", true), ("good", false), ("worse", true)]
    );
}

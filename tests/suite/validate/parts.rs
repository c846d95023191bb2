//! What is wrong in layers, holdouts, metrics, requirements and ramps.

use super::{document, flag, rule};

#[track_caller]
fn part(json: &str, expected: &[&str]) {
    document(
        &format!(r#"{{ "format": 1, "environment": "t", {json}, "flags": {{}} }}"#),
        expected,
    );
}

#[test]
fn layers_holdouts_and_metrics() {
    part(
        r#""layers": { "a": { "unit": "orgId", "salt": "s", "description": "d" } }"#,
        &[],
    );
    part(
        r#""layers": { "a": { "salt": "" } }"#,
        &["layers.a.salt: \"\" may not be a name"],
    );
    part(
        r#""layers": { "a": { "unit": 7 } }"#,
        &["layers.a.unit: this is a number, and a string is wanted"],
    );
    part(
        r#""layers": { "a": { "percent": 7 } }"#,
        &["layers.a.percent: `percent` is no field of this object"],
    );
    part(
        r#""layers": { "a b": {} }"#,
        &["layers[\"a b\"]: \"a b\" may not be a name"],
    );
    part(r#""holdouts": { "a": { "percent": 2.5 } }"#, &[]);
    part(
        r#""holdouts": { "a": {} }"#,
        &["holdouts.a: `percent` is missing"],
    );
    part(
        r#""holdouts": { "a": { "percent": 101 } }"#,
        &["holdouts.a.percent: 101 is no share of the units"],
    );
    part(
        r#""holdouts": { "a": 2 }"#,
        &["holdouts.a: this is a number, and an object is wanted"],
    );
    for worse in ["more", "less", "fewer"] {
        part(
            &format!(r#""metrics": {{ "a": {{ "kind": "amount", "worse": "{worse}" }} }}"#),
            &[],
        );
    }
    part(
        r#""metrics": { "a": {} }"#,
        &["metrics.a: `kind` is missing", "metrics.a: `worse` is missing"],
    );
    part(
        r#""metrics": { "a": { "kind": "count", "worse": "higher" } }"#,
        &[
            "metrics.a.kind: \"count\" is not known here",
            "metrics.a.worse: \"higher\" is not known here",
        ],
    );
}

#[test]
fn what_flags_refer_to() {
    flag("holdout", r#""q4""#, &[]);
    flag(
        "holdout",
        r#""q5""#,
        &["flags.f.holdout: there is no holdout `q5`"],
    );
    flag("sticky", "true", &[]);
    flag(
        "sticky",
        "1",
        &["flags.f.sticky: this is a number, and true or false is wanted"],
    );
    for stability in ["live", "page", "session"] {
        flag("stability", &format!("\"{stability}\""), &[]);
    }
    flag(
        "stability",
        r#""request""#,
        &["flags.f.stability: \"request\" is not known here"],
    );
    flag(
        "stability",
        "true",
        &["flags.f.stability: this is a boolean, and a string is wanted"],
    );
    flag("requires", r#"{ "g": "on", "hidden": ["on"] }"#, &[]);
    flag("requires", "{}", &["flags.f.requires: no flag is asked for"]);
    flag(
        "requires",
        r#"["g"]"#,
        &["flags.f.requires: this is a list, and an object is wanted"],
    );
    flag(
        "requires",
        r#"{ "G": "on" }"#,
        &["flags.f.requires.G: there is no flag `G`"],
    );
    flag(
        "requires",
        r#"{ "g": ["on", "up"] }"#,
        &["flags.f.requires.g: the flag `g` has no variant `up`"],
    );
    let layer = |json: &str| format!(r#"{{ "serve": "on", "layer": {json} }}"#);
    rule(&layer(r#"{ "name": "checkout", "range": [0, 50] }"#), &[]);
    rule(
        &layer(r#"{ "name": "chekout", "range": [0, 50] }"#),
        &["flags.f.rules[0].layer.name: there is no layer `chekout`"],
    );
    rule(
        &layer("{}"),
        &[
            "flags.f.rules[0].layer: `name` is missing",
            "flags.f.rules[0].layer: `range` is missing",
        ],
    );
    rule(
        &layer(r#"{ "name": "checkout", "range": [50, 0] }"#),
        &["flags.f.rules[0].layer.range: nothing is in the range [50,0]"],
    );
}

/// A flag with a ramp of its rule `public`, and with more rules.
#[track_caller]
fn ramp(json: &str, expected: &[&str]) {
    let rules =
        r#""rules": [{ "id": "fixed", "traffic": 5, "serve": "on" }, { "id": "public", "serve": "on" }]"#;
    flag("ramp", &format!("{json}, {rules}"), expected);
}

#[test]
fn ramps() {
    let stages = r#""stages": [{ "name": "staff", "segment": "staff" }, { "percent": 1, "bake": "10m" }, { "percent": 100 }]"#;
    let with = |fields: &str| format!(r#"{{ "rule": "public", {stages}, {fields} }}"#);
    ramp(
        &with(
            r#""mode": "advise", "stage": 2, "since": "2026-11-20T08:00:00Z", "guardrails": ["errors"], "goals": ["errors"], "onHarm": "back""#,
        ),
        &[],
    );
    ramp(
        "{}",
        &[
            "flags.f.ramp: `rule` is missing",
            "flags.f.ramp: `stages` is missing",
        ],
    );
    ramp("7", &["flags.f.ramp: this is a number, and an object is wanted"]);
    ramp(
        &with(r#""mode": "auto""#),
        &["flags.f.ramp.mode: \"auto\" is not known here"],
    );
    ramp(
        &with(r#""onHarm": "panic""#),
        &["flags.f.ramp.onHarm: \"panic\" is not known here"],
    );
    ramp(
        &with(r#""stage": 3"#),
        &["flags.f.ramp.stage: there is no stage 3: the last is 2"],
    );
    ramp(&with(r#""stage": -1"#), &["flags.f.ramp.stage: -1 is no stage"]);
    ramp(
        &with(r#""stage": "staff""#),
        &["flags.f.ramp.stage: \"staff\" is no stage"],
    );
    ramp(
        &with(r#""since": "now""#),
        &["flags.f.ramp.since: \"now\" is no instant"],
    );
    ramp(
        &with(r#""guardrails": ["errors", "latency"]"#),
        &["flags.f.ramp.guardrails[1]: there is no metric `latency`"],
    );
    ramp(
        &with(r#""goals": "errors""#),
        &["flags.f.ramp.goals: this is a string, and a list is wanted"],
    );
    ramp(
        &with("\"rule\": \"fixed\""),
        &[
            "flags.f.ramp.rule: `rule` stands here twice",
            "flags.f.rules[0].traffic: the ramp says the traffic of this rule",
        ],
    );
    ramp(
        &format!(r#"{{ "rule": "publik", {stages} }}"#),
        &["flags.f.ramp.rule: there is no rule `publik`"],
    );
}

#[test]
fn stages() {
    let with = |stages: &str| format!(r#"{{ "rule": "public", "stages": [{stages}] }}"#);
    let at = |rest: &str| format!("flags.f.ramp.stages{rest}");
    ramp(&with(""), &[&at(": a ramp needs one stage at least")]);
    ramp(
        &with("5"),
        &[&at("[0]: this is a number, and an object is wanted")],
    );
    ramp(
        &with(r#"{ "name": "a" }"#),
        &[&at("[0]: a stage has neither `segment` nor `percent`")],
    );
    ramp(
        &with(r#"{ "segment": "staff", "percent": 1 }"#),
        &[&at("[0]: a stage has `segment` or `percent`, not both")],
    );
    ramp(
        &with(r#"{ "segment": "stuff" }"#),
        &[&at("[0].segment: there is no segment `stuff`")],
    );
    ramp(
        &with(r#"{ "percent": 101 }"#),
        &[&at("[0].percent: 101 is no share of the traffic")],
    );
    ramp(
        &with(r#"{ "percent": 1, "bake": "soon" }"#),
        &[&at("[0].bake: \"soon\" is no length of time")],
    );
    ramp(
        &with(r#"{ "percent": 5 }, { "segment": "staff" }, { "percent": 5 }"#),
        &[],
    );
    ramp(
        &with(r#"{ "percent": 5 }, { "segment": "staff" }, { "percent": 4 }"#),
        &[&at("[2].percent: the percentage falls")],
    );
}

#[test]
fn clients_may_evaluate_all_that_is_asked_for() {
    let message = "flags.f.reveal: clients may evaluate this flag, and not `hidden`, which it asks for";
    flag("reveal", r#""rule", "requires": { "g": "on" }"#, &[]);
    flag("reveal", r#""rule", "requires": { "hidden": "on" }"#, &[message]);
    flag("reveal", r#""value", "requires": { "hidden": "on" }"#, &[]);
    let asks = |condition: &str| format!(r#""rule", "rules": [{{ "where": {condition}, "serve": "on" }}]"#);
    flag(
        "reveal",
        &asks(r#"{ "not": { "flag": { "hidden": "on" } } }"#),
        &[message],
    );
    flag("reveal", &asks(r#"{ "segment": "asking" }"#), &[message]);
    flag(
        "reveal",
        r#""rule", "rules": [{ "id": "a", "serve": "on" }], "ramp": { "rule": "a", "stages": [{ "segment": "asking" }] }"#,
        &[message],
    );
}

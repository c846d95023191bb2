//! How segments may stand in one another, and how much of anything there may be.

use fader::validate::validate;

use super::{condition, document, issues, rule, segments};

#[test]
fn segments_among_themselves() {
    segments(r#"{ "a": {} }"#, &["segments.a: nobody can be in this segment"]);
    segments(
        r#"{ "a": { "include": ["u"], "exclude": ["u"] } }"#,
        &["segments.a.exclude[0]: \"u\" is included as well as excluded"],
    );
    segments(
        r#"{ "a": { "where": { "segment": "b" } } }"#,
        &["segments.a.where: there is no segment `b`"],
    );
    let circle = "the segment asks for itself by way of others, or stands more than 32 deep";
    segments(
        r#"{ "a": { "where": { "segment": "a" } } }"#,
        &[&format!("segments.a: {circle}")],
    );
    segments(
        r#"{ "a": { "where": { "segment": "b" } }, "b": { "where": { "segment": "a" } } }"#,
        &[&format!("segments.a: {circle}"), &format!("segments.b: {circle}")],
    );
}

/// A chain of segments, the first of which asks for the second, and so on.
fn chain(length: usize) -> String {
    let link = |at: usize| {
        let asked = if at == length {
            r#""country": "SE""#.to_owned()
        } else {
            format!(r#""segment": "s{}""#, at + 1)
        };
        format!(r#""s{at}": {{ "where": {{ {asked} }} }}"#)
    };
    let links: Vec<String> = (0..=length).map(link).collect();
    format!("{{ {} }}", links.join(", "))
}

#[test]
fn segments_stand_32_deep_and_no_deeper() {
    segments(&chain(32), &[]);
    let (_, issues) = validate(&format!(
        r#"{{ "format": 1, "environment": "t", "segments": {}, "flags": {{}} }}"#,
        chain(33)
    ));
    assert_eq!(issues.len(), 1);
    let (_, issues) = validate(&format!(
        r#"{{ "format": 1, "environment": "t", "segments": {}, "flags": {{}} }}"#,
        chain(10_000)
    ));
    assert_eq!(issues.len(), 10_000 - 32);
}

#[test]
fn conditions_stand_32_deep_and_no_deeper() {
    let nested = |depth: usize| {
        format!(
            "{}{{ \"country\": \"SE\" }}{}",
            "{ \"not\": ".repeat(depth),
            " }".repeat(depth)
        )
    };
    condition(&nested(31), &[]);
    let (_, issues) = validate(&format!(
        r#"{{ "format": 1, "environment": "t", "segments": {{ "s": {{ "where": {} }} }}, "flags": {{}} }}"#,
        nested(32),
    ));
    let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
    assert_eq!(messages, ["conditions stand in conditions more than 32 deep"]);
    document(
        &nested(200),
        &["definition: this is not JSON: recursion limit exceeded at line 1 column 1144"],
    );
}

#[test]
fn lists_and_rules_have_limits() {
    let list = |count: usize| format!("[{}]", vec!["\"x\""; count].join(","));
    condition(&format!(r#"{{ "country": {} }}"#, list(10_000)), &[]);
    condition(
        &format!(r#"{{ "country": {} }}"#, list(10_001)),
        &["flags.f.rules[0].where.country: the list has 10001 entries, and 10000 are allowed"],
    );
    let rules = |count: usize| {
        let rule = |at: usize| format!(r#"{{ "id": "r{at}", "serve": "on" }}"#);
        (0..count).map(rule).collect::<Vec<_>>().join(",")
    };
    rule(&rules(64), &[]);
    rule(
        &rules(65),
        &["flags.f.rules: there are 65 rules, and 64 are allowed"],
    );
}

#[test]
fn a_definition_has_25_mb_and_20_000_flags_at_most() {
    let text = " ".repeat(25 * 1024 * 1024 + 1);
    document(
        &text,
        &["definition: the definition has 26214401 bytes, and 26214400 are allowed"],
    );
    let flag = r#"{ "type": "boolean", "variants": { "on": true }, "safe": "on" }"#;
    let flags = |count: usize| {
        let flags: Vec<String> = (0..count).map(|at| format!(r#""f{at}": {flag}"#)).collect();
        format!(
            r#"{{ "format": 1, "environment": "t", "flags": {{ {} }} }}"#,
            flags.join(",")
        )
    };
    assert_eq!(issues(&flags(20_000)), Vec::<String>::new());
    assert_eq!(
        issues(&flags(20_001)),
        ["flags: there are 20001 flags, and 20000 are allowed"]
    );
}

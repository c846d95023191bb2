//! How much of anything there may be: just as much, and one too many.
//!
//! The limits of contexts are tested where contexts are written.

use fader::validate::validate;

use crate::validate::{condition, document, flag, issues, rule, segments};

/// A limit: what it is called, a definition at it, one over it, and what is said of that one.
struct Limit {
    name: &'static str,
    at: String,
    over: String,
    said: String,
}

fn limit(name: &'static str, most: usize, text: impl Fn(usize) -> String, said: &str) -> Limit {
    Limit {
        name,
        at: text(most),
        over: text(most + 1),
        said: said.to_owned(),
    }
}

fn of_flag(fields: &str) -> String {
    format!(
        r#"{{ "format": 1, "environment": "t", "flags": {{ "f": {{ "type": "boolean", "variants": {{ "on": true, "off": false }}, "safe": "on", {fields} }} }} }}"#
    )
}

fn of_condition(json: &str) -> String {
    of_flag(&format!(r#""rules": [{{ "where": {json}, "serve": "on" }}]"#))
}

fn repeated(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

fn xs(count: usize) -> String {
    "x".repeat(count)
}

fn list(count: usize) -> String {
    format!("[{}]", repeated(count, |at| format!("\"x{at}\"")))
}

fn many_flags(count: usize) -> String {
    let flag = r#"{ "type": "boolean", "variants": { "on": true }, "safe": "on" }"#;
    let flags = repeated(count, |at| format!(r#""f{at}": {flag}"#));
    format!(r#"{{ "format": 1, "environment": "t", "flags": {{ {flags} }} }}"#)
}

fn limits_of_definitions() -> Vec<Limit> {
    let named = |name: &str| format!(r#"{{ "format": 1, "environment": "{name}", "flags": {{}} }}"#);
    vec![
        limit(
            "flags",
            20_000,
            many_flags,
            "flags: there are 20001 flags, and 20000 are allowed",
        ),
        limit(
            "rules",
            64,
            |count| {
                of_flag(&format!(
                    r#""rules": [{}]"#,
                    repeated(count, |_| r#"{ "serve": "on" }"#.to_owned())
                ))
            },
            "flags.f.rules: there are 65 rules, and 64 are allowed",
        ),
        limit(
            "variants",
            1_000,
            |count| {
                let variants = repeated(count, |at| format!(r#""v{at}": true"#));
                format!(
                    r#"{{ "format": 1, "environment": "t", "flags": {{ "f": {{ "type": "boolean", "variants": {{ {variants} }}, "safe": "v0" }} }} }}"#
                )
            },
            "flags.f.variants: there are 1001 variants, and 1000 are allowed",
        ),
        limit(
            "stages",
            64,
            |count| {
                let stages = repeated(count, |_| r#"{ "percent": 1 }"#.to_owned());
                of_flag(&format!(
                    r#""rules": [{{ "id": "r", "serve": "on" }}], "ramp": {{ "rule": "r", "stages": [{stages}] }}"#
                ))
            },
            "flags.f.ramp.stages: there are 65 stages, and 64 are allowed",
        ),
        limit(
            "weights",
            42_949,
            |sum| {
                of_flag(&format!(
                    r#""rules": [{{ "split": {{ "on": 1, "off": {} }} }}]"#,
                    sum - 1
                ))
            },
            "flags.f.rules[0].split: the weights sum to more than 42949",
        ),
        limit(
            "a key",
            128,
            |length| named(&xs(length)),
            &format!("environment: \"{}\" may not be a name", xs(129)),
        ),
        limit(
            "a salt",
            128,
            |length| {
                of_flag(&format!(
                    r#""rules": [{{ "serve": "on", "salt": "{}" }}]"#,
                    xs(length)
                ))
            },
            &format!("flags.f.rules[0].salt: \"{}\" may not be a name", xs(129)),
        ),
    ]
}

fn limits_of_conditions() -> Vec<Limit> {
    let at = |rest: &str| format!("flags.f.rules[0].where{rest}");
    let asked = |operator: &'static str| {
        move |count: usize| of_condition(&format!(r#"{{ "a": {{ "{operator}": {} }} }}"#, list(count)))
    };
    let entries = "the list has 10001 entries, and 10000 are allowed";
    let mut limits: Vec<Limit> = ["in", "startsWith", "anyOf", "noneOf"]
        .into_iter()
        .map(|operator| {
            limit(
                operator,
                10_000,
                asked(operator),
                &at(&format!(".a.{operator}: {entries}")),
            )
        })
        .collect();
    let pattern = |length: usize| of_condition(&format!(r#"{{ "a": {{ "matches": "{}" }} }}"#, xs(length)));
    let long = "the regular expression cannot be used: it has 513 characters, and 512 are allowed";
    let nested = |depth: usize| {
        of_condition(&format!(
            "{}{{ \"a\": 1 }}{}",
            "{\"not\":".repeat(depth - 1),
            "}".repeat(depth - 1)
        ))
    };
    let lists = |depth: usize| {
        of_condition(&format!(
            "{{\"a\":{}\"x\"{}}}",
            "{\"some\":".repeat(depth),
            "}".repeat(depth)
        ))
    };
    let operators = |depth: usize| {
        of_condition(&format!(
            "{{\"a\":{}\"x\"{}}}",
            "{\"not\":".repeat(depth - 1),
            "}".repeat(depth - 1)
        ))
    };
    limits.extend([
        limit(
            "allOf",
            100,
            asked("allOf"),
            &at(".a.allOf: the list has 101 entries, and 100 are allowed"),
        ),
        limit(
            "a regular expression",
            512,
            pattern,
            &at(&format!(".a.matches: {long}")),
        ),
        limit(
            "conditions in conditions",
            32,
            nested,
            &at(&format!(
                "{}: conditions stand in conditions more than 32 deep",
                ".not".repeat(32)
            )),
        ),
        limit(
            "operators in operators",
            32,
            operators,
            &at(&format!(
                ".a{}: conditions stand in conditions more than 32 deep",
                ".not".repeat(32)
            )),
        ),
        limit(
            "lists in lists",
            4,
            lists,
            &at(".a.some.some.some.some.some: lists stand in lists more than 4 deep"),
        ),
        limit(
            "names of a path",
            16,
            |count| of_condition(&format!(r#"{{ "{}": 1 }}"#, vec!["a"; count].join("."))),
            &at(&format!(
                "[\"{0}\"]: \"{0}\" may not name an attribute",
                vec!["a"; 17].join(".")
            )),
        ),
        limit(
            "bytes of a path",
            256,
            |length| of_condition(&format!(r#"{{ "{}": 1 }}"#, xs(length))),
            &at(&format!(".{0}: \"{0}\" may not name an attribute", xs(257))),
        ),
    ]);
    limits
}

#[test]
fn as_much_as_is_allowed_and_no_more() {
    for Limit { name, at, over, said } in limits_of_definitions().into_iter().chain(limits_of_conditions()) {
        assert_eq!(issues(&at), Vec::<String>::new(), "{name}, at the limit");
        assert_eq!(issues(&over), [said], "{name}, over the limit");
    }
}

#[test]
fn a_definition_has_25_mib_at_most() {
    const MOST: usize = 25 * 1024 * 1024;
    let text = many_flags(1);
    let filled = |length: usize| text.clone() + &" ".repeat(length - text.len());
    assert_eq!(issues(&filled(MOST)), Vec::<String>::new());
    document(
        &filled(MOST + 1),
        &["definition: the definition has 26214401 bytes, and 26214400 are allowed"],
    );
}

#[test]
fn json_deeper_than_any_condition_is_refused_before_it_is_read() {
    let text = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    document(
        &text,
        &["definition: this is not JSON: recursion limit exceeded at line 1 column 128"],
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
    format!("{{ {} }}", repeated(length + 1, link))
}

#[test]
fn segments_stand_32_deep_and_no_deeper() {
    segments(&chain(32), &[]);
    for (length, wrong) in [(33, 1), (10_000, 10_000 - 32)] {
        let (_, issues) = validate(&format!(
            r#"{{ "format": 1, "environment": "t", "segments": {}, "flags": {{}} }}"#,
            chain(length)
        ));
        assert_eq!(issues.len(), wrong, "for {length}");
    }
}

#[test]
fn a_key_is_made_of_few_characters() {
    for key in ["a", "0", "A.b_c:d/e-f", "9lives"] {
        rule(&format!(r#"{{ "id": "{key}", "serve": "on" }}"#), &[]);
    }
    for key in ["", "-a", ".a", "_a", "a b", "a,b", "å", "a\u{0}"] {
        let text = fader::json::Json::Text(key.to_owned()).to_string();
        let said = format!("flags.f.rules[0].id: {key:?} may not be a name");
        rule(&format!(r#"{{ "id": {text}, "serve": "on" }}"#), &[&said]);
    }
}

#[test]
fn a_list_is_as_long_wherever_it_stands() {
    let said = "the list has 10001 entries, and 10000 are allowed";
    let long = list(10_001);
    condition(
        &format!(r#"{{ "a": {long} }}"#),
        &[&format!("flags.f.rules[0].where.a: {said}")],
    );
    flag("tags", &long, &[&format!("flags.f.tags: {said}")]);
    flag(
        "overrides",
        &format!(r#"{{ "on": {long} }}"#),
        &[&format!("flags.f.overrides.on: {said}")],
    );
    segments(
        &format!(r#"{{ "s": {{ "include": {long} }} }}"#),
        &["segments.s.include: the list has 10001 entries, and 10000 are allowed"],
    );
    condition(
        &format!(r#"{{ "segment": {long} }}"#),
        &[&format!("flags.f.rules[0].where.segment: {said}")],
    );
}

//! What operators are read as.

use fader::definition::{Adds, Check, Condition, Definition, LayerRange, Mode, Network, OnHarm, Span};
use fader::operator::number::Comparison;
use fader::operator::text::{Letters, Part};
use fader::ruleset::Stability;
use fader::validate::validate;

fn read(segment: &str, flag: &str) -> Definition {
    let text = format!(
        r#"{{ "format": 1, "environment": "t", "segments": {{ "s": {segment} }},
            "layers": {{ "l": {{}}, "m": {{ "unit": "orgId", "salt": "x" }} }}, "holdouts": {{ "h": {{ "percent": 2.5 }} }},
            "flags": {{ "f": {{ "type": "boolean", "variants": {{ "on": true }}, "safe": "on"{flag} }} }} }}"#
    );
    let (definition, issues) = validate(&text);
    assert_eq!(issues, [], "for {text}");
    definition.unwrap()
}

#[track_caller]
fn becomes(json: &str, expected: &Condition) {
    let definition = read(&format!(r#"{{ "where": {json} }}"#), "");
    let segment = &definition.segments[0].1.content;
    assert_eq!(segment.audience.as_ref(), Some(expected), "for {json}");
}

fn test(attribute: &str, check: Check) -> Condition {
    Condition::Test {
        attribute: attribute.to_owned(),
        check,
    }
}

fn one_of(attribute: &str, members: &[&str], letters: Letters) -> Condition {
    let members = members.iter().map(|member| (*member).to_owned()).collect();
    test(attribute, Check::TextIn { members, letters })
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn some(attribute: &str, element: Condition) -> Condition {
    test(attribute, Check::Some(Box::new(element)))
}

fn list(attribute: &str) -> Condition {
    test(attribute, Check::Size(0, u32::MAX))
}

#[test]
fn lists() {
    let exact = |members: &[&str]| one_of("", members, Letters::Exact);
    becomes(
        r#"{ "a": { "anyOf": ["x", "y"] } }"#,
        &some("a", exact(&["x", "y"])),
    );
    becomes(
        r#"{ "a": { "anyOf": ["X", 1, true], "ignoreCase": true } }"#,
        &some(
            "a",
            Condition::Any(vec![
                test("", Check::Is(true)),
                one_of("", &["X"], Letters::Folded),
                test("", Check::NumberIn(vec![1.0])),
            ]),
        ),
    );
    becomes(
        r#"{ "a": { "allOf": ["x", 1] } }"#,
        &Condition::All(vec![
            some("a", exact(&["x"])),
            some("a", test("", Check::NumberIn(vec![1.0]))),
        ]),
    );
    becomes(
        r#"{ "a": { "noneOf": ["x"] } }"#,
        &Condition::All(vec![list("a"), not(some("a", exact(&["x"])))]),
    );
    becomes(
        r#"{ "a": { "every": { "startsWith": "x" } } }"#,
        &Condition::All(vec![
            list("a"),
            not(some(
                "a",
                not(test(
                    "",
                    Check::Part {
                        part: Part::StartsWith,
                        any_of: vec!["x".to_owned()],
                        letters: Letters::Exact,
                    },
                )),
            )),
        ]),
    );
}

#[test]
fn elements_and_their_attributes() {
    let exact = |attribute: &str| one_of(attribute, &["x"], Letters::Exact);
    for (json, expected) in [
        (r#""x""#, exact("")),
        (r#"["x"]"#, exact("")),
        (r#"{ "equals": "x" }"#, exact("")),
        (r#"{ "status": "x" }"#, exact("status")),
        (r#"{ "attribute": "size", "equals": "x" }"#, exact("size")),
        (r#"{ "not": "x" }"#, not(exact(""))),
        (r#"{ "not": { "equals": "x" } }"#, not(exact(""))),
        (r#"{ "not": { "status": "x" } }"#, not(exact("status"))),
        (
            r#"{ "any": ["x", { "equals": "x" }, { "status": "x" }] }"#,
            Condition::Any(vec![exact(""), exact(""), exact("status")]),
        ),
        (r#"{ "some": "x" }"#, some("", exact(""))),
        (r#"{ "tags": { "anyOf": ["x"] } }"#, some("tags", exact(""))),
        // The case counts again inside, where nothing else is said.
        (r#"{ "some": "x", "ignoreCase": true }"#, some("", exact(""))),
    ] {
        becomes(
            &format!(r#"{{ "a": {{ "some": {json} }} }}"#),
            &some("a", expected),
        );
    }
}

#[test]
fn sizes() {
    for (json, least, most) in [
        ("3", 3, 3),
        (r#"{ "equals": 3 }"#, 3, 3),
        (r#"{ "atLeast": 2, "lessThan": 5 }"#, 2, 4),
        (r#"{ "greaterThan": 2, "atMost": 5 }"#, 3, 5),
        (r#"{ "greaterThan": 1.5, "lessThan": 2.5 }"#, 2, 2),
        (r#"{ "between": [1.5, 4.5] }"#, 2, 4),
        (r#"{ "atLeast": -1 }"#, 0, u32::MAX),
        (r#"{ "atLeast": 2, "between": [1, 9], "atMost": 1e300 }"#, 2, 9),
    ] {
        becomes(
            &format!(r#"{{ "a": {{ "size": {json} }} }}"#),
            &test("a", Check::Size(least, most)),
        );
    }
}

#[test]
fn time() {
    let day = 86_400_000.0;
    for (json, span) in [
        (r#""before": "1970-01-02T00:00:00Z""#, Span::Before(day)),
        (r#""after": 5"#, Span::After(5.0)),
        (
            r#""within": [0, "1970-01-02T01:00:00+01:00"]"#,
            Span::Within(0.0, day),
        ),
        (r#""within": { "last": "30d" }"#, Span::Last(30.0 * day)),
        (r#""within": { "next": "12h" }"#, Span::Next(day / 2.0)),
        (r#""within": { "next": "10m" }"#, Span::Next(600_000.0)),
        (r#""within": { "next": "90s" }"#, Span::Next(90_000.0)),
        (r#""within": { "next": "500ms" }"#, Span::Next(500.0)),
    ] {
        becomes(
            &format!(r#"{{ "$now": {{ {json} }} }}"#),
            &test("$now", Check::Instant(span)),
        );
    }
    for (json, days, offset) in [
        (r#"["mon", "tue", "mon"]"#, 0b000_0011, 0),
        (r#"{ "days": ["sun"], "offset": "+01:30" }"#, 0b100_0000, 90),
        (
            r#"{ "days": ["sat", "fri"], "offset": "-05:00" }"#,
            0b011_0000,
            -300,
        ),
    ] {
        becomes(
            &format!(r#"{{ "$now": {{ "weekday": {json} }} }}"#),
            &test("$now", Check::Weekday { days, offset }),
        );
    }
    for (json, from, until, offset) in [
        ("[9, 17]", 9, 17, 0),
        (r#"{ "range": [22, 6], "offset": "Z" }"#, 22, 6, 0),
    ] {
        let check = Check::Hour { from, until, offset };
        becomes(
            &format!(r#"{{ "$now": {{ "hour": {json} }} }}"#),
            &test("$now", check),
        );
    }
}

#[test]
fn networks() {
    let mapped = |address: u32| 0xffff_0000_0000_u128 | u128::from(address);
    for (json, address, prefix) in [
        (r#""10.0.0.0/8""#, mapped(0x0a00_0000), 104),
        (r#""10.1.2.3""#, mapped(0x0a01_0203), 128),
        (r#""0.0.0.0/0""#, mapped(0), 96),
        (r#""::ffff:10.0.0.0/104""#, mapped(0x0a00_0000), 104),
        (r#""2001:db8::/32""#, 0x2001_0db8 << 96, 32),
        (r#""::1""#, 1, 128),
        (r#""::/0""#, 0, 0),
    ] {
        let network = Network { address, prefix };
        becomes(
            &format!(r#"{{ "ip": {{ "cidr": {json} }} }}"#),
            &test("ip", Check::Cidr(vec![network])),
        );
    }
}

#[test]
fn the_others() {
    becomes(
        r#"{ "a": { "matches": "^S.$", "ignoreCase": true } }"#,
        &test(
            "a",
            Check::Matches {
                pattern: "^S.$".to_owned(),
                letters: Letters::Folded,
            },
        ),
    );
    becomes(
        r#"{ "a": { "modulo": [10, -3] } }"#,
        &test("a", Check::Modulo(10.0, -3.0)),
    );
    becomes(
        r#"{ "a": { "percent": { "salt": "s", "range": [0.5, 20] } } }"#,
        &test(
            "a",
            Check::Percent {
                salt: "s".to_owned(),
                range: [50_000, 2_000_000],
            },
        ),
    );
    becomes(
        r#"{ "flag": { "f": "on" }, "a": { "atLeast": 1 } }"#,
        &Condition::All(vec![
            Condition::Flag {
                key: "f".to_owned(),
                variants: vec!["on".to_owned()],
            },
            test("a", Check::Compare(Comparison::AtLeast, 1.0)),
        ]),
    );
}

#[test]
fn flags() {
    let definition = read(
        r#"{ "include": ["u"] }"#,
        r#", "description": "d", "owner": "o", "tags": ["t"], "holdout": "h", "sticky": true,
            "stability": "live",
            "rules": [{ "id": "r", "layer": { "name": "l", "range": [0, 50] }, "serve": "on" }],
            "ramp": { "rule": "r", "stages": [{ "segment": "s" }, { "name": "half", "percent": 50, "bake": "2d" }] }"#,
    );
    let flag = &definition.flags[0].1.content;
    let labels = &flag.labels;
    assert_eq!(
        (labels.description.as_str(), labels.owner.as_str(), &labels.tags),
        ("d", "o", &vec!["t".to_owned()])
    );
    assert_eq!((flag.holdout.as_deref(), flag.sticky), (Some("h"), true));
    assert_eq!(flag.stability, Stability::Live);
    assert_eq!(
        flag.rules[0].layer,
        Some(LayerRange {
            name: "l".to_owned(),
            range: [0, 5_000_000]
        })
    );
    let ramp = flag.ramp.as_ref().unwrap();
    assert_eq!(
        (ramp.mode, ramp.on_harm, ramp.stage),
        (Mode::Manual, OnHarm::Kill, None)
    );
    assert_eq!(ramp.stages[0].adds, Adds::Segment("s".to_owned()));
    let half = &ramp.stages[1];
    assert_eq!(
        (half.name.as_str(), &half.adds, half.bake),
        ("half", &Adds::Percent(5_000_000), 172_800_000.0)
    );
    let layer = |at: usize| {
        let layer = &definition.layers[at].1.content;
        (layer.unit.as_str(), layer.salt.as_str())
    };
    assert_eq!([layer(0), layer(1)], [("userId", "l"), ("orgId", "x")]);
    let holdout = &definition.holdouts[0].1.content;
    assert_eq!(
        (holdout.unit.as_str(), holdout.salt.as_str(), holdout.percent),
        ("userId", "h", 250_000)
    );
}

//! What is wrong in what operators take.

use super::{condition, rule};

/// Each operand of an operator, with what is wrong with it; nothing where all is well.
#[track_caller]
fn operands(operator: &str, cases: &[(&str, &str)]) {
    for (operand, wrong) in cases {
        let path = format!("flags.f.rules[0].where.a.{operator}{wrong}");
        let expected = if wrong.is_empty() {
            vec![]
        } else {
            vec![path.as_str()]
        };
        condition(&format!(r#"{{ "a": {{ "{operator}": {operand} }} }}"#), &expected);
    }
}

#[test]
fn regular_expressions() {
    operands(
        "matches",
        &[
            (r#""^S.$""#, ""),
            (
                r#""""#,
                ": the regular expression cannot be used: it is empty, and every string has the empty one",
            ),
            (
                r#""(?=a)""#,
                ": the regular expression cannot be used: at 1: look-around, including look-ahead and look-behind, is not supported",
            ),
            (
                r#""(a)\\1""#,
                ": the regular expression cannot be used: at 4: backreferences are not supported",
            ),
            (
                r#""[a""#,
                ": the regular expression cannot be used: at 1: unclosed character class",
            ),
            (
                r#""a.{20}""#,
                ": the regular expression cannot be used: its automaton would take more than 65536 bytes; ask for less, or use fewer repetitions",
            ),
            ("7", ": this is a number, and a string is wanted"),
            (r#"["a"]"#, ": this is a list, and a string is wanted"),
        ],
    );
}

#[test]
fn instants() {
    for operator in ["before", "after"] {
        operands(
            operator,
            &[
                (r#""2026-11-01T00:00:00Z""#, ""),
                ("1795000000000", ""),
                (r#""tomorrow""#, ": \"tomorrow\" is no instant"),
                ("true", ": true is no instant"),
            ],
        );
    }
    operands(
        "within",
        &[
            (r#"["2026-11-01T00:00:00Z", "2026-12-01T00:00:00+01:00"]"#, ""),
            ("[1, 2]", ""),
            (r#"{ "last": "30d" }"#, ""),
            (r#"{ "next": "500ms" }"#, ""),
            ("[1]", ": `within` takes two instants, or a span"),
            (r#""30d""#, ": `within` takes two instants, or a span"),
            (r#"["now", 2]"#, "[0]: \"now\" is no instant"),
            ("[2, 2]", ": no instant is within these two"),
            ("{}", ": a span has neither `last` nor `next`"),
            (
                r#"{ "last": "1d", "next": "1d" }"#,
                ": a span has `last` or `next`, not both",
            ),
            (
                r#"{ "first": "1d", "next": "1d" }"#,
                ".first: `first` is no field of this object",
            ),
            (r#"{ "last": "1w" }"#, ".last: \"1w\" is no length of time"),
            (r#"{ "last": "1.5h" }"#, ".last: \"1.5h\" is no length of time"),
            (r#"{ "last": "d" }"#, ".last: \"d\" is no length of time"),
            (
                r#"{ "last": "99999999999999999999d" }"#,
                ".last: \"99999999999999999999d\" is no length of time",
            ),
            (r#"{ "last": 30 }"#, ".last: 30 is no length of time"),
        ],
    );
}

#[test]
fn days_and_hours() {
    operands(
        "weekday",
        &[
            (r#"["mon", "sun"]"#, ""),
            (r#"{ "days": ["sat"], "offset": "+01:00" }"#, ""),
            (r#"{ "days": ["sat"], "offset": "Z" }"#, ""),
            ("[]", ": the list of days is empty"),
            (r#""mon""#, ": this is a string, and a list is wanted"),
            (r#"["monday"]"#, "[0]: \"monday\" is not known here"),
            (r#"{ "offset": "Z" }"#, ": `days` is missing"),
            (
                r#"{ "days": ["sat"], "offset": "CET" }"#,
                ".offset: \"CET\" is no offset",
            ),
            (r#"{ "days": ["sat"], "offset": 1 }"#, ".offset: 1 is no offset"),
            (
                r#"{ "days": ["sat"], "offset": "+24:00" }"#,
                ".offset: \"+24:00\" is no offset",
            ),
        ],
    );
    operands(
        "hour",
        &[
            ("[9, 17]", ""),
            ("[22, 6]", ""),
            ("[0, 24]", ""),
            (r#"{ "range": [9, 17], "offset": "-05:30" }"#, ""),
            ("[24, 6]", ": [24,6] is no range of hours"),
            ("[9, 25]", ": [9,25] is no range of hours"),
            ("[9, 17.5]", ": [9,17.5] is no range of hours"),
            ("[9]", ": [9] is no range of hours"),
            ("9", ": 9 is no range of hours"),
            ("[9, 9]", ": no hour is from 9 until 9"),
            (r#"{ "offset": "Z" }"#, ": `range` is missing"),
            (r#"{ "range": [9, -1] }"#, ".range: [9,-1] is no range of hours"),
        ],
    );
}

#[test]
fn networks() {
    operands(
        "cidr",
        &[
            (r#""10.0.0.0/8""#, ""),
            (r#""10.0.0.1""#, ""),
            (r#""0.0.0.0/0""#, ""),
            (r#""::/0""#, ""),
            (r#"["2001:db8::/32", "::1"]"#, ""),
            (
                r#""10.0.0.1/8""#,
                ": \"10.0.0.1/8\" has bits that are not the network's",
            ),
            (
                r#""2001:db8::1/32""#,
                ": \"2001:db8::1/32\" has bits that are not the network's",
            ),
            (r#"["::1", "10.0.0.0/33"]"#, "[1]: \"10.0.0.0/33\" is no network"),
            (r#""::/129""#, ": \"::/129\" is no network"),
            (r#""10.0.0.0/+8""#, ": \"10.0.0.0/+8\" is no network"),
            (r#""10.0.0.0/""#, ": \"10.0.0.0/\" is no network"),
            (r#""10.0.0/8""#, ": \"10.0.0/8\" is no network"),
            (r#""010.0.0.0/8""#, ": \"010.0.0.0/8\" is no network"),
            (r#""example.com""#, ": \"example.com\" is no network"),
            ("[]", ": the list of networks is empty"),
            ("10", ": this is a number, and a string is wanted"),
        ],
    );
}

#[test]
fn lists() {
    for operator in ["anyOf", "allOf", "noneOf"] {
        operands(
            operator,
            &[
                (r#"["a", 1, true]"#, ""),
                ("[]", ": nothing is in an empty list"),
                (r#"["a", null]"#, "[1]: null cannot be in a list of values"),
                (r#""a""#, ": this is a string, and a list is wanted"),
            ],
        );
    }
    operands(
        "size",
        &[
            ("0", ""),
            (r#"{ "atLeast": 2, "lessThan": 5 }"#, ""),
            (r#"{ "between": [2, 5] }"#, ""),
            ("-1", ": no list has such a size"),
            ("1.5", ": no list has such a size"),
            (r#"{ "atLeast": 3, "lessThan": 3 }"#, ": no list has such a size"),
            (
                r#"{ "greaterThan": 3, "atMost": 3.5 }"#,
                ": no list has such a size",
            ),
            ("{}", ": nothing is asked of the size"),
            (
                r#"{ "atLeast": "2" }"#,
                ".atLeast: this is a string, and a number is wanted",
            ),
            (r#"{ "between": [5, 2] }"#, ".between: nothing is between 5 and 2"),
            (
                r#"{ "exists": true }"#,
                ".exists: `exists` is no field of this object",
            ),
            (r#""2""#, ": this is a string, and a number is wanted"),
        ],
    );
}

#[test]
fn elements() {
    for operator in ["some", "every"] {
        operands(
            operator,
            &[
                (r#""a""#, ""),
                (r#"["a", "b"]"#, ""),
                (r#"{ "startsWith": "a", "ignoreCase": true }"#, ""),
                (r#"{ "total": { "greaterThan": 100 }, "status": "paid" }"#, ""),
                (r#"{ "not": { "status": "paid" } }"#, ""),
                (
                    r#"{ "any": ["a", { "startsWith": "b" }, { "status": "paid" }] }"#,
                    "",
                ),
                (r#"{ "attribute": "size", "equals": "XL" }"#, ""),
                (r#"{ "$now": { "weekday": ["mon"] } }"#, ""),
                ("null", ": null is never equal to anything"),
                ("{}", ": nothing is asked of the element"),
                ("[]", ": nothing is in an empty list"),
                (
                    r#"{ "size": "XL" }"#,
                    ".size: this is a string, and a number is wanted",
                ),
                (
                    r#"{ "segment": "staff" }"#,
                    ".segment: segments cannot be asked for inside a list",
                ),
                (
                    r#"{ "all": [{ "flag": { "g": "on" } }] }"#,
                    ".all[0].flag: flags cannot be asked for inside a list",
                ),
                (
                    r#"{ "status": { "is": "paid" } }"#,
                    ".status.is: `is` is no operator",
                ),
                (
                    r#"{ "not": { "size": "XL" } }"#,
                    ".not.size: this is a string, and a number is wanted",
                ),
            ],
        );
    }
}

#[test]
fn numbers_and_shares() {
    operands(
        "modulo",
        &[
            ("[10, 3]", ""),
            ("[10, -3]", ""),
            ("[10]", ": `modulo` takes two whole numbers"),
            ("[0.5, 0.25]", ": `modulo` takes two whole numbers"),
            (r#"[10, "3"]"#, ": `modulo` takes two whole numbers"),
            ("[0, 0]", ": no number leaves 0 when it is divided by 0"),
            ("[10, 10]", ": no number leaves 10 when it is divided by 10"),
        ],
    );
    operands(
        "percent",
        &[
            (r#"{ "salt": "s", "range": [0, 20] }"#, ""),
            (r#"{ "salt": "s", "range": [99.99999, 100] }"#, ""),
            (r#"{ "range": [0, 20] }"#, ": `salt` is missing"),
            (r#"{ "salt": "s" }"#, ": `range` is missing"),
            (
                r#"{ "salt": "a b", "range": [0, 20] }"#,
                ".salt: \"a b\" may not be a name",
            ),
            (r#"{ "salt": "s", "range": 20 }"#, ".range: 20 is no range"),
            (r#"{ "salt": "s", "range": [20] }"#, ".range: [20] is no range"),
            (
                r#"{ "salt": "s", "range": [20, 20] }"#,
                ".range: nothing is in the range [20,20]",
            ),
            (
                r#"{ "salt": "s", "range": [0, 100.1] }"#,
                ".range[1]: 100.1 is no share of all points",
            ),
            (
                r#"{ "salt": "s", "range": [-1, 1] }"#,
                ".range[0]: -1 is no share of all points",
            ),
            ("20", ": this is a number, and an object is wanted"),
        ],
    );
}

#[test]
fn a_network_with_other_bits_is_mended() {
    for (network, mend) in [
        ("10.1.2.3/8", "write 10.0.0.0/8"),
        ("192.168.1.1/31", "write 192.168.1.0/31"),
        ("2001:db8:1::/32", "write 2001:db8::/32"),
        ("1.2.3.4/0", "write 0.0.0.0/0"),
    ] {
        let text = format!(
            r#"{{ "format": 1, "environment": "t", "segments": {{ "s": {{ "where": {{ "ip": {{ "cidr": "{network}" }} }} }} }}, "flags": {{}} }}"#
        );
        let (_, issues) = fader::validate::validate(&text);
        let mends: Vec<&str> = issues.iter().map(|issue| issue.mend.as_str()).collect();
        assert_eq!(mends, [mend], "for {network}");
    }
}

#[test]
fn flags_in_conditions() {
    let at = |rest: &str| format!("flags.f.rules[0].where{rest}");
    condition(r#"{ "flag": { "g": "on", "hidden": ["on", "off"] } }"#, &[]);
    condition(r#"{ "attribute": "flag", "equals": "x" }"#, &[]);
    condition(r#"{ "flag": {} }"#, &[&at(".flag: no flag is asked for")]);
    condition(
        r#"{ "flag": "g" }"#,
        &[&at(".flag: this is a string, and an object is wanted")],
    );
    condition(
        r#"{ "flag": { "g": [] } }"#,
        &[&at(".flag.g: the list of variants is empty")],
    );
    condition(
        r#"{ "flag": { "g": true } }"#,
        &[&at(".flag.g: this is a boolean, and a string is wanted")],
    );
    condition(r#"{ "flag": { "gg": "on" } }"#, &[&at(": there is no flag `gg`")]);
    condition(
        r#"{ "flag": { "g": ["on", "up"] } }"#,
        &[&at(": the flag `g` has no variant `up`")],
    );
}

#[test]
fn names_that_begin_with_a_dollar() {
    condition(r#"{ "$now": { "hour": [9, 17] } }"#, &[]);
    condition(
        r#"{ "$then": 1 }"#,
        &[
            "flags.f.rules[0].where.$then: \"$then\" is no attribute: names that begin with `$` are kept for later",
        ],
    );
    super::flag("unit", r#""$now""#, &["flags.f.unit: an instant is no unit"]);
}

#[test]
fn a_rule_that_cannot_be_read_moves_no_other() {
    rule(
        r#"7, { "serve": "up" }"#,
        &[
            "flags.f.rules[0]: this is a number, and an object is wanted",
            "flags.f.rules[1].serve: there is no variant `up`",
        ],
    );
}

//! What is said to be impossible does not happen: random rules, random contexts, the real evaluation.

use fader::Ruleset;
use fader::check::check;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::id::RuleId;
use fader::json::Json;
use fader::subject::context;
use proptest::prelude::*;

use super::{NOW, VARIANTS, read};

const WORDS: [&str; 6] = ["x", "X", "xy", "yx", "y", "Xy"];

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(|word| format!("{word:?}"))
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        (0..4).prop_map(|number: i32| number.to_string()),
        any::<bool>().prop_map(|held| held.to_string())
    ]
}

fn operators() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(&["lessThan", "atMost", "greaterThan", "atLeast"][..]);
    let part = prop::sample::select(&["startsWith", "endsWith", "contains", "equals"][..]);
    prop_oneof![
        scalar(),
        prop::collection::vec(scalar(), 1..4).prop_map(|list| format!("[{}]", list.join(", "))),
        any::<bool>().prop_map(|exists| format!(r#"{{ "exists": {exists} }}"#)),
        (comparison, 0..4).prop_map(|(name, bound)| format!(r#"{{ "{name}": {bound} }}"#)),
        (0..3, 0..2).prop_map(|(low, more)| format!(r#"{{ "between": [{low}, {}] }}"#, low + more)),
        (part, text(), any::<bool>())
            .prop_map(|(name, text, folded)| format!(r#"{{ "{name}": {text}, "ignoreCase": {folded} }}"#)),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    let test = (prop::sample::select(&["a", "b"][..]), operators())
        .prop_map(|(attribute, asked)| format!(r#"{{ "{attribute}": {asked} }}"#));
    let segment = prop::sample::select(&["s", "t", "i", "e"][..])
        .prop_map(|name| format!(r#"{{ "segment": "{name}" }}"#));
    prop_oneof![4 => test, 1 => segment].prop_recursive(3, 12, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.join(", "));
        prop_oneof![
            list.clone()
                .prop_map(|parts| format!(r#"{{ "all": [{parts}] }}"#)),
            list.prop_map(|parts| format!(r#"{{ "any": [{parts}] }}"#)),
            inner.prop_map(|part| format!(r#"{{ "not": {part} }}"#)),
        ]
    })
}

fn rule() -> impl Strategy<Value = String> {
    let traffic =
        prop::sample::select(&["", r#""traffic": 30,"#, r#""traffic": 60,"#, r#""traffic": 100,"#][..]);
    let choice = prop::sample::select(
        &[
            r#""serve": "on""#,
            r#""serve": "off""#,
            r#""split": { "on": 1, "off": 1 }"#,
        ][..],
    );
    let audience = prop_oneof![
        1 => Just(String::new()),
        4 => condition().prop_map(|asked| format!(r#""where": {asked},"#)),
    ];
    (audience, traffic, choice)
        .prop_map(|(audience, traffic, choice)| format!("{audience} {traffic} {choice}"))
}

fn subject() -> impl Strategy<Value = String> {
    let member = |name: &'static str| {
        prop_oneof![
            1 => Just(String::new()),
            5 => scalar().prop_map(move |value| format!(r#""{name}": {value}"#)),
        ]
    };
    let unit = prop_oneof![1 => Just(String::new()), 4 => (0..50).prop_map(|unit: i32| format!(r#""userId": "u-{unit}""#))];
    (member("a"), member("b"), unit).prop_map(|(a, b, unit)| {
        let members: Vec<String> = [a, b, unit]
            .into_iter()
            .filter(|member| !member.is_empty())
            .collect();
        format!("{{ {} }}", members.join(", "))
    })
}

fn decided(ruleset: &Ruleset, flag: &str, subject: &str) -> (Option<usize>, usize) {
    let context = context(ruleset, &Json::parse(subject).unwrap()).unwrap();
    let mut memo = Memo::default();
    let id = ruleset.find(flag).unwrap();
    let outcome = Evaluation::new(ruleset, &context, &mut memo, NOW, &mut ()).flag(id);
    (outcome.rule.map(RuleId::index), outcome.variant.index())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn nothing_happens_that_is_said_to_be_impossible(
        rules in prop::collection::vec(rule(), 2..5),
        sides in prop::collection::vec(condition(), 2),
        subjects in prop::collection::vec(subject(), 60),
    ) {
        // Segments may not ask for one another in a circle, so those that are asked for ask for attributes alone.
        let plain = |side: &String| if side.contains("segment") { r#"{ "a": ["x", "xy"] }"#.to_owned() } else { side.clone() };
        let rules: Vec<String> = rules.iter().map(|rule| format!("{{ {rule} }}")).collect();
        let definition = read(&format!(
            r#""segments": {{
                "s": {{ "where": {} }}, "t": {{ "where": {} }},
                "i": {{ "include": ["u-1", "u-2"], "where": {{ "a": "x" }} }},
                "e": {{ "exclude": ["u-1", "u-2"], "where": {{ "b": [1, 2, true] }} }}
            }}, "flags": {{ "f": {{ {VARIANTS}, "rules": [{}] }} }}"#,
            plain(&sides[0]), plain(&sides[1]), rules.join(", "),
        ));
        let ruleset = Ruleset::load(&compile(&definition).encode()).unwrap();
        let findings = check(&definition, NOW, None);
        let says = |code: &str, at: usize| {
            let path = format!("flags.f.rules[{at}]");
            findings.iter().any(|finding| finding.code == code && (finding.path == path || finding.path == format!("{path}.where")
                && finding.message.starts_with("the condition")))
        };
        let is_constant = findings.iter().any(|finding| finding.code == "constant");
        let variants: Vec<usize> = subjects.iter().map(|subject| decided(&ruleset, "f", subject).1).collect();
        prop_assert!(!is_constant || variants.iter().all(|variant| *variant == variants[0]), "not constant");
        for subject in &subjects {
            let (Some(rule), variant) = decided(&ruleset, "f", subject) else { continue };
            prop_assert!(!says("unreachable", rule), "rule {rule} decided for {subject}: {definition:?}");
            prop_assert!(!says("never-holds", rule), "rule {rule} decided for {subject}: {definition:?}");
            prop_assert!(!says("without-unit", rule) || !subject.contains("userId"), "rule {rule} decided for {subject}");
            let never = ["on", "off"][variant];
            let path = format!("flags.f.variants.{never}");
            prop_assert!(!findings.iter().any(|finding| finding.path == path), "{never} was given to {subject}");
        }
    }
}

/// Every value that the tests above can tell apart.
fn values() -> Vec<String> {
    let words = WORDS
        .iter()
        .chain(&["", "z", "XYX"])
        .map(|word| format!("{word:?}"));
    let numbers = (-2..8).map(|half| format!("{:?}", f64::from(half) / 2.0));
    let rest = ["true", "false", "null", "[1]"].map(str::to_owned);
    words.chain(numbers).chain(rest).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn one_test_implies_another_for_all_values(
        tests in prop::collection::vec((operators(), any::<bool>()), 2),
    ) {
        let asked: Vec<String> = tests
            .iter()
            .map(|(asked, held)| {
                let test = format!(r#"{{ "a": {asked} }}"#);
                if *held { test } else { format!(r#"{{ "not": {test} }}"#) }
            })
            .collect();
        let definition = read(&format!(
            r#""flags": {{
                "f": {{ {VARIANTS}, "rules": [{{ "where": {0}, "serve": "on" }}, {{ "where": {1}, "serve": "on" }}] }},
                "g": {{ {VARIANTS}, "rules": [{{ "where": {{ "all": [{0}, {1}] }}, "serve": "on" }}] }}
            }}"#,
            asked[0], asked[1],
        ));
        let findings = check(&definition, NOW, None);
        let has = |code: &str, path: &str| findings.iter().any(|finding| finding.code == code && finding.path == path);
        let ruleset = Ruleset::load(&compile(&definition).encode()).unwrap();
        for value in values() {
            let subject = format!(r#"{{ "a": {value} }}"#);
            let taken = has("unreachable", "flags.f.rules[1]") && decided(&ruleset, "f", &subject).0 == Some(1);
            let held = has("never-holds", "flags.g.rules[0].where") && decided(&ruleset, "g", &subject).0 == Some(0);
            prop_assert!(!taken, "{asked:?}: the second decided for {subject}");
            prop_assert!(!held, "{asked:?}: both hold for {subject}");
        }
    }
}

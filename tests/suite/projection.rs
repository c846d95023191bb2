//! What clients get of a definition: no more than they may see, and of that the same answers.
//!
//! Every name in `tests/projection/definition.json` says where it belongs: what begins with `keep-` is in both snapshots,
//! `hide-` at the edge alone, and `gone-` in neither. Numbers of three places behind the point are canaries as well.

use std::collections::BTreeSet;

use fader::Ruleset;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::explain::{Answer, explain};
use fader::json::Json;
use fader::projection::Projection;
use fader::snapshot::Snapshot;
use fader::subject::context;
use fader::validate::validate;
use regex::Regex;

const DEFINITION: &str = include_str!("../projection/definition.json");
const NOW: f64 = 1_795_262_400_000.0;

/// Numbers that only hidden flags compare with, and one that a revealed flag does.
const HIDDEN_NUMBERS: [f64; 3] = [918_273.645_5, 1_795_262_400_375.0, 1_795_262_400_625.0];
const SHOWN_NUMBER: f64 = 18.5;

fn bytes(projection: Projection) -> Vec<u8> {
    let (definition, issues) = validate(DEFINITION);
    assert_eq!(issues, []);
    compile(&projection.of(&definition.unwrap())).encode()
}

/// All names of the definition that begin so. What ignores case is compiled in lower case.
fn canaries(beginning: &str) -> BTreeSet<String> {
    let name = Regex::new(&format!(r"\b{beginning}-[a-z0-9-]*[a-z0-9]")).unwrap();
    let text = DEFINITION.to_lowercase();
    name.find_iter(&text)
        .map(|name| name.as_str().to_owned())
        .collect()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Which of the names are in a snapshot: among its bytes, or in the strings that are read from them.
fn found(names: &BTreeSet<String>, bytes: &[u8]) -> BTreeSet<String> {
    let text = Snapshot::decode(bytes).unwrap().text;
    let is_there = |name: &&String| holds(bytes, name.as_bytes()) || text.contains(name.as_str());
    names.iter().filter(is_there).cloned().collect()
}

#[test]
fn names_are_in_the_snapshots_where_they_belong() {
    let [edge, client] = [Projection::Edge, Projection::Client].map(bytes);
    let [keep, hide, gone] = ["keep", "hide", "gone"].map(canaries);
    assert!(keep.len() >= 25 && hide.len() >= 45 && gone.len() >= 30);
    let none = BTreeSet::new();
    assert_eq!((found(&keep, &edge), found(&keep, &client)), (keep.clone(), keep));
    assert_eq!((found(&hide, &edge), found(&hide, &client)), (hide, none.clone()));
    assert_eq!((found(&gone, &edge), found(&gone, &client)), (none.clone(), none));
}

#[test]
fn numbers_are_in_the_snapshots_where_they_belong() {
    let [edge, client] = [Projection::Edge, Projection::Client].map(bytes);
    for number in HIDDEN_NUMBERS {
        assert!(holds(&edge, &number.to_le_bytes()), "{number} is not at the edge");
        assert!(!holds(&client, &number.to_le_bytes()), "clients get {number}");
    }
    assert!(holds(&client, &SHOWN_NUMBER.to_le_bytes()));
    // Units that are numbers are strings in a list.
    for unit in ["7001", "7002"] {
        let strings = |bytes: &[u8]| Snapshot::decode(bytes).unwrap().text.contains(unit);
        assert!(strings(&edge) && !strings(&client), "{unit}");
    }
}

#[test]
fn clients_have_no_row_of_what_is_not_theirs() {
    let client = Snapshot::decode(&bytes(Projection::Client)).unwrap();
    let counts = [
        client.flag_keys.len(),
        client.segment_names.len(),
        client.override_units.len(),
        client.rule_ids.len(),
        client.automaton_states.len(),
    ];
    // Four flags, the four segments that they ask for, their overrides and rules, and no regular expression.
    assert_eq!(counts, [4, 4, 4, 6, 0]);
}

/// Contexts that meet each list of units, and many that meet none.
fn contexts() -> Vec<Json> {
    let units = [
        r#""hide-overridden-1""#,
        r#""hide-overridden-2""#,
        r#""hide-included-1""#,
        r#""hide-included-2""#,
        r#""hide-excluded""#,
        r#""hide-stage-member""#,
        "7001",
        r#""7001""#,
        "7002",
        "7001.5",
        "null",
        "true",
    ];
    let orgs = [
        r#""hide-inner-member""#,
        r#""hide-overridden-org""#,
        r#""o-1""#,
        r#""o-2""#,
        "3",
    ];
    let many: Vec<String> = (0..400).map(|at| format!(r#""u-{at}""#)).collect();
    let units = units.iter().copied().chain(many.iter().map(String::as_str));
    let rest = [
        r#""country": "keep-country", "age": 20"#,
        r#""tier": "keep-tier", "email": "x@keep-domain""#,
        r#""tier": "keep-tier", "age": 18.5, "$sticky": { "keep-shown": "keep-other" }"#,
        r#""age": 3"#,
    ];
    units
        .flat_map(|unit| orgs.iter().map(move |org| (unit, org)))
        .flat_map(|(unit, org)| rest.map(|rest| format!(r#"{{ "userId": {unit}, "orgId": {org}, {rest} }}"#)))
        .map(|text| Json::parse(&text).unwrap())
        .collect()
}

fn answer(ruleset: &Ruleset, key: &str, given: &Json) -> Answer {
    let id = ruleset.find(key).unwrap();
    let context = context(ruleset, given).unwrap();
    let outcome = Evaluation::new(ruleset, &context, &mut Memo::default(), NOW, &mut ()).flag(id);
    Answer::new(ruleset, ruleset.flag(id).unwrap(), outcome)
}

#[test]
fn what_is_revealed_is_answered_the_same() {
    let [edge, client] =
        [Projection::Edge, Projection::Client].map(|projection| Ruleset::load(&bytes(projection)).unwrap());
    let mut met = BTreeSet::new();
    for given in contexts() {
        for key in ["keep-shown", "keep-required", "keep-member", "keep-rising"] {
            let answer = answer(&client, key, &given);
            assert_eq!(answer, self::answer(&edge, key, &given), "{key} for {given}");
            met.insert((key, answer.reason, answer.rule, answer.arm));
        }
    }
    // Every way to an answer was gone, or else that they are the same would say little.
    let ways = |key| met.iter().filter(|(of, ..)| *of == key).count();
    assert_eq!(
        [ways("keep-shown"), ways("keep-required"), ways("keep-rising")],
        [7, 2, 5],
        "{met:#?}"
    );
}

#[test]
fn members_of_lists_are_members_for_clients_too() {
    let client = Ruleset::load(&bytes(Projection::Client)).unwrap();
    let given = |key: &str, unit: &str, country: &str| {
        let given = Json::parse(&format!(r#"{{ "userId": {unit}, "country": "{country}" }}"#)).unwrap();
        answer(&client, key, &given).variant.unwrap()
    };
    for (unit, variant) in [
        (r#""hide-overridden-1""#, "keep-other"),
        (r#""hide-overridden-2""#, "keep-safe"),
        ("7002", "keep-other"),
        (r#""7002""#, "keep-other"),
    ] {
        assert_eq!(given("keep-shown", unit, "elsewhere"), variant, "{unit}");
    }
    for (unit, country, variant) in [
        (r#""hide-included-1""#, "elsewhere", "keep-in"),
        (r#""hide-included-2""#, "elsewhere", "keep-in"),
        ("7001", "elsewhere", "keep-in"),
        (r#""u-1""#, "elsewhere", "keep-out"),
        (r#""u-1""#, "keep-country", "keep-in"),
        (r#""hide-excluded""#, "keep-country", "keep-out"),
    ] {
        assert_eq!(
            given("keep-member", unit, country),
            variant,
            "{unit} in {country}"
        );
    }
}

#[test]
fn an_explanation_to_a_client_says_nothing_that_is_not_in_its_snapshot() {
    let client = Ruleset::load(&bytes(Projection::Client)).unwrap();
    let given =
        Json::parse(r#"{ "userId": "u-3", "orgId": "o-1", "age": 30, "tier": "keep-tier" }"#).unwrap();
    let context = context(&client, &given).unwrap();
    let mut told = String::new();
    for id in (0..).map(fader::id::FlagId).take(client.flags().len()) {
        told += &serde_json::to_string(&explain(&client, id, &context, NOW)).unwrap();
    }
    assert!(
        told.contains("keep-by-segment") && told.contains("which are not shown"),
        "{told}"
    );
    let strays: Vec<String> = ["hide", "gone"]
        .iter()
        .flat_map(|beginning| canaries(beginning))
        .filter(|name| told.contains(name))
        .collect();
    assert_eq!(strays, Vec::<String>::new());
}

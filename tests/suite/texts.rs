//! Texts that are nearly instants, addresses or versions are taken for such by both evaluators, or by neither.

use fader::json::Json;

use crate::oracle::compare::asked;
use crate::oracle::generate::Random;

const DEFINITION: &str = r#"{ "format": 1, "environment": "test", "flags": {
    "instant": { "type": "boolean", "variants": { "yes": true, "no": false }, "safe": "no", "rules": [
        { "id": "early", "where": { "text": { "before": "2024-02-29T12:00:00Z" } }, "serve": "yes" },
        { "id": "late", "where": { "text": { "after": 0 } }, "serve": "yes" },
        { "id": "any", "where": { "text": { "weekday": ["mon", "wed", "sun"], "hour": [3, 15] } }, "serve": "yes" } ] },
    "address": { "type": "boolean", "variants": { "yes": true, "no": false }, "safe": "no", "rules": [
        { "id": "four", "where": { "text": { "cidr": "0.0.0.0/1" } }, "serve": "yes" },
        { "id": "six", "where": { "text": { "cidr": "2001:db8::/33" } }, "serve": "yes" },
        { "id": "any", "where": { "text": { "cidr": "::/0" } }, "serve": "yes" } ] },
    "version": { "type": "boolean", "variants": { "yes": true, "no": false }, "safe": "no", "rules": [
        { "id": "range", "where": { "text": { "semver": "1.2.3-rc.1 || ^1.3 || <1.2.3-alpha" } }, "serve": "yes" },
        { "id": "any", "where": { "text": { "semver": "*" } }, "serve": "yes" } ] } } }"#;

/// What is changed, letter by letter, and the letters that come in.
const TEXTS: [(&str, &[&str]); 3] = [
    (
        "0123456789-+:.tTzZ ",
        &[
            "2024-02-29T12:00:00Z",
            "1969-12-31T23:59:60.5-00:30",
            "2023-06-01t00:00:00.123456789+23:59",
        ],
    ),
    (
        "0123456789abcdefF:.%/ ",
        &[
            "10.1.2.255",
            "2001:db8::7fff:1",
            "::ffff:127.0.0.1",
            "1:2:3:4:5:6:7:8",
            "::",
        ],
    ),
    (
        "0123456789.-+abrcxX*vV ",
        &[
            "1.2.3-rc.1",
            "v1.20",
            "1.2.3+build.7",
            "0.0.0-0",
            "1.2.3-alpha.10.beta",
        ],
    ),
];

#[test]
fn both_evaluators_read_texts_alike() {
    let definition = Json::parse(DEFINITION).unwrap();
    let asked = asked(&definition);
    let mut random = Random::new(7);
    let mut given = 0;
    for _ in 0..20_000 {
        let (letters, texts) = random.pick(&TEXTS);
        let text: &str = random.pick::<&str>(texts);
        let text = changed(text, letters, &mut random);
        let context = Json::Object(vec![("text".to_owned(), Json::Text(text))]);
        for flag in ["instant", "address", "version"] {
            given += usize::from(asked(flag, &context).rule.is_some());
        }
    }
    assert!(given > 5_000, "only {given} texts were something");
}

fn changed(text: &str, letters: &str, random: &mut Random) -> String {
    let mut text: Vec<char> = text.chars().collect();
    let letters: Vec<char> = letters.chars().collect();
    for _ in 0..random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(3) {
            0 => text.insert(at, *random.pick(&letters)),
            1 if at < text.len() => drop(text.remove(at)),
            _ if at < text.len() => text[at] = *random.pick(&letters),
            _ => {}
        }
    }
    text.into_iter().collect()
}

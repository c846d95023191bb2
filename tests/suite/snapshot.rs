//! Snapshots that arrive damaged, and snapshots of other versions.

use std::sync::LazyLock;

use fader::Ruleset;
use fader::bucket::murmur3;
use fader::compile::compile;
use fader::context::Context;
use fader::evaluate::{Evaluation, Memo};
use fader::id::FlagId;
use fader::snapshot::Snapshot;
use fader::trace::Reason;
use fader::validate::validate;
use proptest::prelude::*;

const STOREFRONT: &str = include_str!("../../examples/storefront.json");

fn bytes() -> Vec<u8> {
    static COMPILED: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let (definition, issues) = validate(STOREFRONT);
        assert_eq!(issues, []);
        compile(&definition.unwrap()).encode()
    });
    COMPILED.clone()
}

/// The checksum finds what happened by chance; this is what happens on purpose.
fn with_right_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = murmur3(&bytes[12..], 0x0fad_e500);
    bytes[8..12].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn evaluate_all(ruleset: &Ruleset) -> Vec<Reason> {
    let context = Context::default();
    let mut memo = Memo::default();
    let mut silence = ();
    let mut evaluation = Evaluation::new(ruleset, &context, &mut memo, 0.0, &mut silence);
    let flags = (0..).map(FlagId).take(ruleset.flags().len());
    flags.map(|flag| evaluation.flag(flag).reason).collect()
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    let (definition, _) = validate(STOREFRONT);
    let snapshot = compile(&definition.unwrap());
    assert_eq!(Snapshot::decode(&snapshot.encode()).unwrap(), snapshot);
}

#[test]
fn a_snapshot_cut_anywhere_is_refused() {
    let bytes = bytes();
    for length in 0..bytes.len() {
        assert!(Ruleset::load(&bytes[..length]).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn a_bit_turned_anywhere_is_found() {
    let bytes = bytes();
    for at in (0..bytes.len()).filter(|at| ![6, 7, 5].contains(at)) {
        let mut turned = bytes.clone();
        turned[at] ^= 1 << (at % 8);
        assert!(Ruleset::load(&turned).is_err(), "bit {} of byte {at}", at % 8);
    }
}

#[test]
fn a_newer_major_format_is_refused_by_name() {
    let mut bytes = bytes();
    bytes[4] += 1;
    let error = Ruleset::load(&bytes).unwrap_err();
    assert!(error.is_too_new());
    assert_eq!(
        error.to_string(),
        "the snapshot has a newer format than this reader knows; update fader",
    );
}

#[test]
fn an_unknown_section_is_passed_over() {
    let mut bytes = bytes();
    bytes.extend_from_slice(&[200, 3, 1, 2, 3]);
    assert!(Ruleset::load(&with_right_checksum(bytes)).is_ok());
}

/// The section of stabilities, which is the last.
fn stabilities(bytes: &[u8]) -> usize {
    let mut at = 12;
    loop {
        let (id, mut length, mut shift, mut start) = (bytes[at], 0, 0, at + 1);
        loop {
            length |= usize::from(bytes[start] & 0x7f) << shift;
            (shift, start) = (shift + 7, start + 1);
            if bytes[start - 1] & 0x80 == 0 {
                break;
            }
        }
        if id == 18 {
            assert_eq!(start + length, bytes.len());
            return at;
        }
        at = start + length;
    }
}

fn stable(stabilities: [&str; 3]) -> Snapshot {
    let flag = |at: usize, stability: &str| {
        format!(r#""f{at}": {{ "type": "boolean", "variants": {{ "on": true }}, "safe": "on"{stability} }}"#)
    };
    let flags: Vec<String> = (0..).zip(stabilities).map(|(at, one)| flag(at, one)).collect();
    let text = format!(
        r#"{{ "format": 1, "environment": "test", "flags": {{ {} }} }}"#,
        flags.join(",")
    );
    let (definition, issues) = validate(&text);
    assert_eq!(issues, []);
    compile(&definition.unwrap())
}

fn stabilities_of(ruleset: &Ruleset) -> Vec<&str> {
    ruleset.flags().iter().map(|flag| flag.stability.name()).collect()
}

const DECLARED: [&str; 3] = [r#", "stability": "session""#, "", r#", "stability": "live""#];

#[test]
fn stabilities_are_kept_flag_by_flag() {
    let ruleset = Ruleset::load(&stable(DECLARED).encode()).unwrap();
    assert_eq!(stabilities_of(&ruleset), ["session", "page", "live"]);
}

#[test]
fn stabilities_cost_nothing_where_none_is_declared() {
    let said = stable([r#", "stability": "page""#, "", ""]);
    assert!(said.flag_stabilities.is_empty());
    assert_eq!(said, stable([""; 3]));
}

#[test]
fn a_snapshot_of_an_older_version_says_nothing_of_stabilities() {
    let mut bytes = stable(DECLARED).encode();
    bytes.truncate(stabilities(&bytes));
    let ruleset = Ruleset::load(&with_right_checksum(bytes)).unwrap();
    assert_eq!(stabilities_of(&ruleset), ["page"; 3]);
}

#[test]
fn a_stability_of_a_newer_version_is_the_page() {
    let mut snapshot = stable(DECLARED);
    snapshot.flag_stabilities[0] = 3;
    let ruleset = Ruleset::load(&snapshot.encode()).unwrap();
    assert_eq!(stabilities_of(&ruleset), ["page", "page", "live"]);
}

#[test]
fn more_stabilities_than_flags_are_refused() {
    for count in [1, 2, 4] {
        let mut snapshot = stable(DECLARED);
        snapshot.flag_stabilities.resize(count, 1);
        assert!(
            Ruleset::load(&snapshot.encode()).is_err() == (count > 3),
            "{count}"
        );
    }
}

#[test]
fn an_unknown_operator_refuses_its_flags_alone() {
    let (definition, _) = validate(STOREFRONT);
    let mut snapshot = compile(&definition.unwrap());
    let before = evaluate_all(&Ruleset::load(&snapshot.encode()).unwrap());
    *snapshot.test_codes.last_mut().unwrap() = 9_999;
    let after = evaluate_all(&Ruleset::load(&snapshot.encode()).unwrap());
    let refused = after.iter().filter(|reason| **reason == Reason::Error).count();
    assert!((1..after.len() / 2).contains(&refused), "{refused} refused");
    for (before, after) in before.iter().zip(&after) {
        assert!(before == after || *after == Reason::Error);
    }
}

#[test]
fn a_key_of_several_lines_harms_no_other_flag() {
    let flag = r#"{ "type": "boolean", "variants": { "on": true }, "safe": "on" }"#;
    let text = format!(
        r#"{{ "format": 1, "environment": "test", "flags": {{ "two\nlines": {flag}, "one-line": {flag} }} }}"#
    );
    let (definition, issues) = validate(&text);
    assert_eq!(issues.len(), 1, "{issues:?}");
    let ruleset = Ruleset::load(&compile(&definition.unwrap()).encode()).unwrap();
    assert_eq!(evaluate_all(&ruleset), [Reason::Static]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn mutated_bytes_are_refused_or_evaluated(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = bytes();
        for (at, byte) in changes {
            let at = 12 + at.index(bytes.len() - 12);
            bytes[at] = byte;
        }
        if let Ok(ruleset) = Ruleset::load(&with_right_checksum(bytes)) {
            evaluate_all(&ruleset);
        }
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Ruleset::load(&bytes).is_err());
    }
}

//! What other evaluators were found to do wrong, and this one must not. Exact points are in `tests/cases/edge.json`.

use fader::Ruleset;
use fader::bucket::{Draw, POINTS, bound, point};
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::json::Json;
use fader::projection::Projection;
use fader::subject::context;
use fader::validate::validate;

/// The share of so many units that a percentage admits, and how far it may be from that percentage.
fn admitted(salt: &str, scaled: u64, units: u32) -> (f64, f64) {
    let seed = Draw::Traffic.seed(salt);
    let bound = bound(scaled, 10_000_000);
    let is_admitted = |at: &u32| u64::from(seed.point(format!("u-{at}").as_bytes())) < bound;
    let count = u32::try_from((0..units).filter(is_admitted).count()).unwrap();
    let wanted = f64::from(u32::try_from(scaled).unwrap()) / 10_000_000.0;
    let spread = 4.0 * (wanted * (1.0 - wanted) / f64::from(units)).sqrt();
    (f64::from(count) / f64::from(units) - wanted, spread)
}

#[test]
fn half_a_percent_is_not_rounded_to_whole_percents() {
    for scaled in [50_000, 12_345, 150_000, 50] {
        let (distance, spread) = admitted("fine", scaled, 200_000);
        assert!(distance.abs() <= spread, "{scaled}: {distance} from its share");
    }
}

#[test]
fn one_percent_is_not_two_as_with_at_most_in_place_of_under() {
    // There are POINTS points from 0, so that exactly a hundredth of them, rounded down, is under the bound.
    assert_eq!(bound(100_000, 10_000_000), POINTS / 100);
    let (distance, spread) = admitted("one", 100_000, 200_000);
    assert!(distance.abs() <= spread);
}

#[test]
fn small_shares_of_several_flags_do_not_fall_on_the_same_units() {
    // With a hundred seeds, as a remainder of a hundred has, two of fifteen flags would most likely share one.
    let admits = |flag: u32| {
        let seed = Draw::Traffic.seed(&format!("checkout-{flag}"));
        (0..20_000_u32)
            .map(|at| u64::from(seed.point(format!("u-{at}").as_bytes())) < POINTS / 10)
            .collect::<Vec<bool>>()
    };
    let flags: Vec<_> = (0..15).map(admits).collect();
    for (at, left) in flags.iter().enumerate() {
        for right in &flags[..at] {
            let both = left
                .iter()
                .zip(right)
                .filter(|(left, right)| **left && **right)
                .count();
            // A tenth of a tenth of them, give or take five times √(20,000 × 0.01 × 0.99).
            assert!((130..270).contains(&both), "{both} of 20,000 units are in both");
        }
    }
}

#[test]
fn the_draw_that_admits_does_not_choose_the_variant() {
    // With one draw for both, who is in the first tenth would all be in the first half.
    let (traffic, split) = (Draw::Traffic.seed("f"), Draw::Split.seed("f"));
    let units = (0..20_000_u32).map(|at| format!("u-{at}"));
    let admitted: Vec<String> = units
        .filter(|unit| u64::from(traffic.point(unit.as_bytes())) < POINTS / 10)
        .collect();
    let first = admitted
        .iter()
        .filter(|unit| split.point(unit.as_bytes()) < 1 << 31)
        .count();
    let share = first * 100 / admitted.len();
    assert!(
        (45..55).contains(&share),
        "{share} % of who is admitted get the first half"
    );
}

#[test]
fn salt_and_unit_do_not_run_together() {
    assert_ne!(point("ab", "c"), point("a", "bc"));
    assert_ne!(point("", "abc"), point("abc", ""));
    assert_ne!(point("1", "11"), point("11", "1"));
}

#[test]
fn units_are_hashed_as_utf_8_and_not_as_units_of_utf_16() {
    // 0x0410 cut to a byte is 0x10, and 0x1F600 is two surrogates.
    assert_ne!(point("s", "А"), point("s", "\u{10}"));
    assert_ne!(point("s", "Ā"), point("s", "\0"));
    // Worked out by two other implementations of murmur3 over UTF-8.
    assert_eq!(point("s", "ключ"), 1_252_680_074);
    assert_eq!(point("s", "😀"), 2_671_520_343);
}

#[test]
fn points_are_unsigned_and_whole() {
    // As signed integers half of all would be negative, and one has no absolute value.
    let points = (0..10_000_u32).map(|at| point("s", &format!("u-{at}")));
    let upper = points.filter(|point| *point >= 1 << 31).count();
    assert!(
        (4_800..5_200).contains(&upper),
        "{upper} of 10,000 are in the upper half"
    );
    assert_eq!(bound(1, 2), 1 << 31);
    assert_eq!(bound(1, 3), 0x5555_5555);
}

#[test]
fn every_residue_of_small_numbers_is_as_frequent_as_others() {
    // Remainders of 9,999 over 9,998 reach 100 % and miss shares; a point is compared with a bound instead.
    let seed = Draw::Split.seed("residues");
    let mut counts = [0_u32; 7];
    for at in 0..70_000_u32 {
        let point = u64::from(seed.point(at.to_string().as_bytes()));
        let slice = (1..=7).position(|end| point < bound(end, 7)).unwrap();
        counts[slice] += 1;
    }
    // 10,000 each, give or take four times √(70,000 × 1/7 × 6/7).
    assert!(
        counts.iter().all(|count| (9_630..10_370).contains(count)),
        "{counts:?}"
    );
}

/// Which of two thousand units a projection of a definition gives another variant than the safe one, at an instant.
fn given(definition: &str, projection: Projection, now: f64) -> Vec<bool> {
    let (definition, issues) = validate(definition);
    assert_eq!(issues, []);
    let snapshot = compile(&projection.of(&definition.unwrap()));
    let ruleset = Ruleset::load(&snapshot.encode()).unwrap();
    let id = ruleset.find("f").unwrap();
    let is_given = |at: u32| {
        let json = Json::parse(&format!(r#"{{ "userId": "u-{at}" }}"#)).unwrap();
        let context = context(&ruleset, &json).unwrap();
        let outcome = Evaluation::new(&ruleset, &context, &mut Memo::default(), now, &mut ()).flag(id);
        outcome.variant != ruleset.flags()[id.index()].safe()
    };
    (0..2_000).map(is_given).collect()
}

fn ramped(percents: [u32; 2], stage: u32, more: &str) -> String {
    let [first, second] = percents;
    format!(
        r#"{{ "format": 1, "environment": "test", "holdouts": {{ "h": {{ "percent": 20 }} }}, "flags": {{ "f": {{
        "type": "boolean", "reveal": "rule", "variants": {{ "on": true, "off": false }}, "safe": "off",
        "rules": [{{ "id": "r", "serve": "on" }}], {more}
        "ramp": {{ "rule": "r", "since": "2026-11-18T00:00:00Z", "stage": {stage},
        "stages": [{{ "percent": {first}, "bake": "1h" }}, {{ "percent": {second}, "bake": "1h" }}] }} }} }} }}"#,
    )
}

fn share(given: &[bool]) -> usize {
    given.iter().filter(|given| **given).count() * 100 / given.len()
}

#[test]
fn a_ramp_from_50_to_100_percent_begins_at_50_and_stays_there_until_its_stage_rises() {
    // A linear rise that multiplies wrongly, or divides whole milliseconds, begins at nothing.
    let since = 1_794_960_000_000.0;
    let first = given(&ramped([50, 100], 0, ""), Projection::Edge, since);
    assert!((46..=54).contains(&share(&first)), "{} %", share(&first));
    for later in [since + 1.0, since + 1_800_000.0, since + 3_600_000.0, since * 2.0] {
        assert_eq!(given(&ramped([50, 100], 0, ""), Projection::Edge, later), first);
    }
    assert_eq!(
        share(&given(&ramped([50, 100], 1, ""), Projection::Edge, since)),
        100
    );
}

#[test]
fn a_holdout_keeps_the_same_units_out_at_the_edge_and_at_clients() {
    let text = ramped([50, 100], 1, r#""holdout": "h","#);
    let edge = given(&text, Projection::Edge, 0.0);
    assert!((76..=84).contains(&share(&edge)), "{} %", share(&edge));
    assert_eq!(given(&text, Projection::Client, 0.0), edge);
}

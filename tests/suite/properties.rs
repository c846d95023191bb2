//! What must hold of every definition, unit and point.

use fader::Ruleset;
use fader::bucket::POINTS;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::explain::{Answer, explain};
use fader::json::Json;
use fader::projection::Projection;
use fader::ruleset::Choice;
use fader::snapshot::Snapshot;
use fader::subject::context;
use fader::validate::validate;
use proptest::prelude::*;

use crate::oracle::compare::{flags, load};
use crate::oracle::generate::{Generator, Random};

/// How many units each change of a share is tried on.
const UNITS: usize = 400;
/// A hundred percent, in the units in which shares are counted.
const WHOLE: u32 = 10_000_000;

/// A percentage with up to five decimals.
fn percent() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(WHOLE), 0..=WHOLE]
}

/// The variant that each unit gets of a flag, where one of its rules decided.
fn given(rule: &str, rest: &str) -> Vec<Option<String>> {
    let text = format!(
        r#"{{ "format": 1, "environment": "test", "layers": {{ "l": {{}} }},
        "segments": {{ "s": {{ "include": ["u-0", "u-1", "u-2"] }}, "t": {{ "include": ["u-2", "u-3"] }} }},
        "flags": {{ "f": {{ "type": "string", "variants": {{ "a": "a", "b": "b", "c": "c" }}, "safe": "a",
        "rules": [{rule}]{rest} }} }} }}"#,
    );
    let ruleset = load(&Json::parse(&text).unwrap()).unwrap();
    let unit = |at| Json::Object(vec![("userId".to_owned(), Json::Text(format!("u-{at}")))]);
    let answers = (0..UNITS).map(|at| answer(&ruleset, "f", &unit(at), 0.0));
    answers.map(|answer| answer.rule.and(answer.variant)).collect()
}

fn answer(ruleset: &Ruleset, key: &str, given: &Json, now: f64) -> Answer {
    let id = ruleset.find(key).unwrap();
    let context = context(ruleset, given).unwrap();
    let outcome = Evaluation::new(ruleset, &context, &mut Memo::default(), now, &mut ()).flag(id);
    Answer::new(ruleset, ruleset.flag(id).unwrap(), outcome)
}

/// Asserts that who had a variant has it still; others may have come to one.
fn only_added(before: &[Option<String>], after: &[Option<String>]) {
    for (at, (before, after)) in before.iter().zip(after).enumerate() {
        assert!(
            before.is_none() || before == after,
            "u-{at} had {before:?}, and has {after:?}"
        );
    }
}

/// A percentage as it is written.
fn written(scaled: u32) -> String {
    format!("{}.{:05}", scaled / 100_000, scaled % 100_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn raising_traffic_moves_nobody_and_sends_nobody_away(
        one in percent(),
        other in percent(),
        weights in prop::array::uniform3(1_u32..1_000),
    ) {
        let [a, b, c] = weights;
        let at = |traffic| {
            let traffic = written(traffic);
            given(&format!(r#"{{ "traffic": {traffic}, "split": {{ "a": {a}, "b": {b}, "c": {c} }} }}"#), "")
        };
        only_added(&at(one.min(other)), &at(one.max(other)));
    }

    #[test]
    fn going_up_a_ramp_moves_nobody_and_sends_nobody_away(
        mut percents in prop::collection::vec(percent(), 2..6),
        segments in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just("s"), Just("t")]), 0..3),
    ) {
        percents.sort_unstable();
        let mut stages: Vec<String> =
            percents.iter().map(|percent| format!(r#"{{ "percent": {} }}"#, written(*percent))).collect();
        for (at, name) in segments {
            stages.insert(at.index(stages.len() + 1), format!(r#"{{ "segment": "{name}" }}"#));
        }
        let at = |stage: usize| {
            let ramp = format!(r#", "ramp": {{ "rule": "r", "stages": [{}], "stage": {stage} }}"#, stages.join(", "));
            given(r#"{ "id": "r", "split": { "a": 1, "b": 2, "c": 3 } }"#, &ramp)
        };
        // Going back is the same the other way round: it only ever removes.
        let answers: Vec<_> = (0..stages.len()).map(at).collect();
        for pair in answers.windows(2) {
            only_added(&pair[0], &pair[1]);
        }
    }

    #[test]
    fn ranges_of_a_layer_share_out_its_units(cuts in prop::collection::btree_set(1..WHOLE, 1..8)) {
        let ends: Vec<u32> = [0].into_iter().chain(cuts).chain([WHOLE]).collect();
        let inside = |range: &[u32]| {
            let range = format!("[{}, {}]", written(range[0]), written(range[1]));
            given(&format!(r#"{{ "layer": {{ "name": "l", "range": {range} }}, "serve": "a" }}"#), "")
        };
        let parts: Vec<_> = ends.windows(2).map(inside).collect();
        for unit in 0..UNITS {
            prop_assert_eq!(parts.iter().filter(|part| part[unit].is_some()).count(), 1);
        }
    }

    #[test]
    fn slices_share_out_all_points_by_their_weights(weights in prop::collection::vec(0_u32..=1_000_000, 1..40)) {
        prop_assume!(weights.iter().sum::<u32>() > 0);
        let named = |make: &dyn Fn(usize) -> String| (0..weights.len()).map(make).collect::<Vec<_>>().join(", ");
        let text = format!(
            r#"{{ "format": 1, "environment": "test", "flags": {{ "f": {{ "type": "string",
            "variants": {{ {} }}, "safe": "v0", "rules": [{{ "split": {{ {} }} }}] }} }} }}"#,
            named(&|at| format!(r#""v{at}": "v{at}""#)),
            named(&|at| format!(r#""v{at}": {}"#, written(weights[at]))),
        );
        let ruleset = load(&Json::parse(&text).unwrap()).unwrap();
        let Choice::Split { slices, .. } = ruleset.rules(&ruleset.flags()[0])[0].choice else {
            panic!("the rule does not split");
        };
        let total: u64 = weights.iter().copied().map(u64::from).sum();
        let mut start = 0;
        // A variant without weight has no slice.
        let weighty = weights.iter().copied().enumerate().filter(|(_, weight)| *weight > 0);
        for (slice, (variant, weight)) in slices.of(ruleset.slices()).iter().zip(weighty) {
            // Where one ends the next begins, so that each point is in one.
            let end = u64::from(slice.last) + 1;
            prop_assert_eq!(slice.variant.index(), variant);
            prop_assert!(start < end);
            let exact = u128::from(weight) * u128::from(POINTS) / u128::from(total);
            prop_assert!(u128::from(end - start).abs_diff(exact) <= 1);
            start = end;
        }
        prop_assert_eq!(start, POINTS);
    }

    #[test]
    fn a_snapshot_is_the_same_after_it_travelled(seed: u64) {
        let definition = Generator::new(Random::new(seed)).definition();
        let (read, issues) = validate(&definition.to_string());
        prop_assert_eq!(issues, []);
        let snapshot = compile(&read.unwrap());
        let bytes = snapshot.encode();
        let decoded = Snapshot::decode(&bytes).unwrap();
        prop_assert_eq!(&decoded, &snapshot);
        prop_assert_eq!(decoded.encode(), bytes);
    }

    #[test]
    fn an_explanation_says_what_the_evaluation_says(seed: u64) {
        let mut generator = Generator::new(Random::new(seed));
        let definition = generator.definition();
        let ruleset = load(&definition).unwrap();
        for _ in 0..8 {
            let (given, now) = (generator.context(), generator.now());
            for key in flags(&definition) {
                let id = ruleset.find(key).unwrap();
                let explained = explain(&ruleset, id, &context(&ruleset, &given).unwrap(), now);
                let deciding = explained.steps.iter().filter(|step| step.decided).count();
                prop_assert_eq!(deciding, 1, "{} steps of {} decided", deciding, key);
                prop_assert_eq!(&explained.answer, &answer(&ruleset, key, &given, now));
            }
        }
    }

    #[test]
    fn clients_get_the_answers_of_the_edge_and_no_other_flags(seed: u64) {
        let mut generator = Generator::new(Random::new(seed));
        let definition = generator.definition();
        let edge = load(&definition).unwrap();
        let (read, _) = validate(&definition.to_string());
        let client = Ruleset::load(&compile(&Projection::Client.of(&read.unwrap())).encode()).unwrap();
        let revealed: Vec<&str> = flags(&definition).into_iter().filter(|key| is_revealed(&definition, key)).collect();
        prop_assert_eq!(client.flags().len(), revealed.len());
        for _ in 0..8 {
            let (given, now) = (generator.context(), generator.now());
            for key in &revealed {
                prop_assert_eq!(answer(&client, key, &given, now), answer(&edge, key, &given, now));
            }
        }
    }
}

fn is_revealed(definition: &Json, key: &str) -> bool {
    let flag = definition.get("flags").and_then(|flags| flags.get(key)).unwrap();
    flag.get("reveal") == Some(&Json::Text("rule".to_owned()))
}

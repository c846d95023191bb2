//! The evaluator against the plain one of `tests/oracle`, on random definitions and contexts.

use std::collections::BTreeMap;
use std::{env, thread};

use fader::json::Json;

use crate::golden;
use crate::oracle::Oracle;
use crate::oracle::compare::{compare, flags, load};
use crate::oracle::generate::{Generator, Random};

/// How many comparisons are made; `FADER_ORACLE_CASES` may ask for more.
const CASES: usize = 200_000;
const CONTEXTS: usize = 16;

/// How often each reason was given, and agreed about.
type Tally = BTreeMap<&'static str, usize>;

#[test]
fn a_plain_evaluator_gives_the_same_answers() {
    let asked = env::var("FADER_ORACLE_CASES").ok();
    let wanted = asked.map_or(CASES, |count| count.parse().unwrap());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let tally = thread::scope(|scope| {
        let start = |first| scope.spawn(move || run(first, threads, wanted / threads));
        let runs: Vec<_> = (0..threads).map(start).collect();
        let mut tally = Tally::new();
        for (reason, count) in runs.into_iter().flat_map(|run| run.join().unwrap()) {
            *tally.entry(reason).or_default() += count;
        }
        tally
    });
    // Nothing is shown by answers that are all the same.
    for (reason, count) in &tally {
        assert!(count * 100 > wanted, "only {count} answers are {reason}");
    }
    assert!(tally.len() >= 5, "only {tally:?} were answered");
}

/// Compares the answers of every so many-th random definition until there were enough.
fn run(first: usize, step: usize, wanted: usize) -> Tally {
    let mut tally = Tally::new();
    for seed in (first..).step_by(step) {
        let generator = Generator::new(Random::new(seed as u64));
        compare(generator, CONTEXTS, |answer| {
            *tally.entry(answer.reason).or_default() += 1;
        });
        if tally.values().sum::<usize>() >= wanted {
            break;
        }
    }
    tally
}

#[test]
fn a_plain_evaluator_gives_the_golden_answers() {
    let mut count = 0;
    for (name, golden) in golden::files() {
        let (Some(definition), Some(Json::List(cases))) = (golden.get("definition"), golden.get("cases"))
        else {
            panic!("{name} has no cases");
        };
        // It knows nothing of definitions that are refused in part.
        if load(definition).is_err() {
            continue;
        }
        for case in cases {
            count += usize::from(check(definition, case));
        }
    }
    assert!(count > 700, "only {count} golden cases were compared");
}

/// Checks a case, if it is one of those that are about a flag and a context.
fn check(definition: &Json, case: &Json) -> bool {
    let (Some(Json::Text(flag)), Some(context @ Json::Object(_))) = (case.get("flag"), case.get("context"))
    else {
        return false;
    };
    if !flags(definition).contains(&flag.as_str())
        || case
            .get("expect")
            .is_some_and(|expect| expect.get("errorCode").is_some())
    {
        return false;
    }
    let now = golden::instant_of(case);
    let answer = Oracle {
        definition,
        context,
        now,
    }
    .answer(flag);
    let text = |text: &str| Some(Json::Text(text.to_owned()));
    let given = [
        ("variant", text(&answer.variant)),
        ("reason", text(answer.reason)),
        ("rule", answer.rule.as_deref().and_then(text)),
        ("arm", answer.arm.and_then(text)),
        ("sticky", answer.keep.then_some(Json::Boolean(true))),
        ("stability", answer.stability.as_deref().and_then(text)),
    ];
    for (name, given) in given {
        let wanted = case.get("expect").and_then(|expect| expect.get(name));
        assert_eq!(given.as_ref(), wanted, "{name} of {case}");
    }
    true
}

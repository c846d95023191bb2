//! The evaluator against the plain one of `tests/oracle`, on random definitions and contexts.

use std::collections::BTreeMap;
use std::{env, thread};

use crate::oracle::compare::compare;
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

//! The evaluator against the plain one of `tests/oracle`, on random definitions and contexts.

use std::collections::BTreeMap;
use std::{env, thread};

use fader::Ruleset;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::json::Json;
use fader::subject::context;
use fader::validate::validate;

use crate::oracle::generate::Generator;
use crate::oracle::shrink::shrink;
use crate::oracle::{Answer, Oracle};

/// How many comparisons are made; `FADER_ORACLE_CASES` may ask for more.
const CASES: usize = 200_000;
const CONTEXTS: usize = 32;

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

/// Compares the answers of every so many-th definition until there were enough.
fn run(first: usize, step: usize, wanted: usize) -> Tally {
    let mut tally = Tally::new();
    for seed in (first..).step_by(step) {
        compare(seed as u64, &mut tally);
        if tally.values().sum::<usize>() >= wanted {
            break;
        }
    }
    tally
}

/// Compares the answers of one random definition.
fn compare(seed: u64, tally: &mut Tally) {
    let mut generator = Generator::new(seed);
    let definition = generator.definition();
    let ruleset = load(&definition).unwrap_or_else(|problem| panic!("seed {seed}: {problem}\n{definition}"));
    for _ in 0..CONTEXTS {
        let (context, now) = (generator.context(), generator.now());
        let oracle = Oracle {
            definition: &definition,
            context: &context,
            now,
        };
        for flag in flags(&definition) {
            let answer = oracle.answer(flag);
            assert!(
                evaluated(&ruleset, flag, &context, now) == answer,
                "seed {seed}: {}",
                report(&definition, flag, &context, now)
            );
            *tally.entry(answer.reason).or_default() += 1;
        }
    }
}

fn flags(definition: &Json) -> Vec<&str> {
    let Some(Json::Object(flags)) = definition.get("flags") else {
        panic!("{definition} has no flags");
    };
    flags.iter().map(|(key, _)| key.as_str()).collect()
}

/// What validates without an issue can be compiled, and what was compiled can be loaded.
fn load(definition: &Json) -> Result<Ruleset, String> {
    let (read, issues) = validate(&definition.to_string());
    if let Some(issue) = issues.first() {
        return Err(format!("{issue:?}"));
    }
    let snapshot = compile(&read.ok_or("it was not read")?);
    Ruleset::load(&snapshot.encode()).map_err(|error| error.to_string())
}

fn disagree(ruleset: &Ruleset, definition: &Json, flag: &str, context: &Json, now: f64) -> bool {
    let oracle = Oracle {
        definition,
        context,
        now,
    };
    evaluated(ruleset, flag, context, now) != oracle.answer(flag)
}

/// The evaluator's answer, in the words of the plain one.
fn evaluated(ruleset: &Ruleset, key: &str, given: &Json, now: f64) -> Answer {
    let id = ruleset.find(key).unwrap();
    let flag = ruleset.flag(id).unwrap();
    let context = context(ruleset, given).unwrap();
    let outcome = Evaluation::new(ruleset, &context, &mut Memo::default(), now, &mut ()).flag(id);
    let variant = ruleset.variants(flag)[outcome.variant.index()];
    let rule = outcome.rule.map(|rule| ruleset.rule(flag, rule).unwrap());
    Answer {
        variant: ruleset.text(variant.name).to_owned(),
        reason: outcome.reason.name(),
        rule: rule.map(|rule| ruleset.text(rule.id).to_owned()),
        arm: None,
        keep: false,
    }
}

/// The smallest definition and context about which they disagree.
fn report(definition: &Json, flag: &str, context: &Json, now: f64) -> String {
    let fails = |definition: &Json, context: &Json| match load(definition) {
        Ok(ruleset) => ruleset.find(flag).is_some() && disagree(&ruleset, definition, flag, context, now),
        Err(_) => false,
    };
    let definition = shrink(definition.clone(), &|definition| fails(definition, context));
    let context = shrink(context.clone(), &|context| fails(&definition, context));
    let ruleset = load(&definition).unwrap();
    let got = evaluated(&ruleset, flag, &context, now);
    let wanted = Oracle {
        definition: &definition,
        context: &context,
        now,
    }
    .answer(flag);
    format!("flag {flag}, now {now}\n{definition}\n{context}\ngot    {got:?}\nwanted {wanted:?}")
}

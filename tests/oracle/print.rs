//! `cargo run --features control --example random COUNT` writes random definitions, a line each, with contexts and what the
//! plain evaluator answers for them. `tests/vectors/random.jsonl.gz` is what it wrote once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, dead_code)]

#[path = "mod.rs"]
mod oracle;

use std::env;

use fader::json::Json;
use oracle::compare::flags;
use oracle::generate::{Generator, Random};
use oracle::{Answer, Oracle};

const CONTEXTS: usize = 12;

fn main() {
    let count: u64 = env::args().nth(1).map_or(100, |count| count.parse().unwrap());
    for seed in 0..count {
        // Far from the seeds that the suite tries.
        let mut generator = Generator::new(Random::new(u64::MAX / 2 + seed));
        let definition = generator.definition();
        let asked = (0..CONTEXTS).map(|_| {
            let (context, now) = (generator.context(), generator.now());
            let asked = Oracle {
                definition: &definition,
                context: &context,
                now,
            };
            let answers = flags(&definition)
                .into_iter()
                .map(|flag| (flag, written(asked.answer(flag))));
            let now = Json::Number(serde_json::Number::from_f64(now).unwrap());
            object([("answers", object(answers)), ("now", now), ("context", context)])
        });
        let asked = Json::List(asked.collect());
        println!("{}", object([("asked", asked), ("definition", definition)]));
    }
}

fn written(answer: Answer) -> Json {
    let text = |text: &str| Json::Text(text.to_owned());
    let always = [
        ("variant", text(&answer.variant)),
        ("reason", text(answer.reason)),
    ];
    let rule = answer.rule.map(|rule| ("rule", Json::Text(rule)));
    let arm = answer.arm.map(|arm| ("arm", text(arm)));
    let sticky = answer.keep.then_some(("sticky", Json::Boolean(true)));
    let stability = answer
        .stability
        .map(|stability| ("stability", Json::Text(stability)));
    let all = always.into_iter().chain(rule).chain(arm);
    object(all.chain(sticky).chain(stability))
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    let named = members.into_iter().map(|(name, value)| (name.to_owned(), value));
    Json::Object(named.collect())
}

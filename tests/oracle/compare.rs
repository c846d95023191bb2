//! The crate's answers beside those of the plain evaluator.

use fader::Ruleset;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::json::Json;
use fader::subject::context;
use fader::validate::validate;

use super::generate::Generator;
use super::shrink::shrink;
use super::{Answer, Oracle};

/// Compares the answers of one random definition for so many contexts, and tells of each.
///
/// Panics with the smallest example when two answers differ.
pub(crate) fn compare(mut generator: Generator, contexts: usize, mut agreed: impl FnMut(&Answer)) {
    let definition = generator.definition();
    let ruleset = load(&definition).unwrap_or_else(|problem| panic!("{problem}\n{definition}"));
    for _ in 0..contexts {
        let (context, now) = (generator.context(), generator.now());
        for flag in flags(&definition) {
            agreed(&compared(&ruleset, &definition, flag, &context, now));
        }
    }
}

/// Compares one answer, and returns it.
fn compared(ruleset: &Ruleset, definition: &Json, flag: &str, context: &Json, now: f64) -> Answer {
    let answer = Oracle {
        definition,
        context,
        now,
    }
    .answer(flag);
    assert!(
        evaluated(ruleset, flag, context, now) == answer,
        "{}",
        report(definition, flag, context, now)
    );
    answer
}

pub(crate) fn flags(definition: &Json) -> Vec<&str> {
    let Some(Json::Object(flags)) = definition.get("flags") else {
        panic!("{definition} has no flags");
    };
    flags.iter().map(|(key, _)| key.as_str()).collect()
}

/// What validates without an issue can be compiled, and what was compiled can be loaded.
pub(crate) fn load(definition: &Json) -> Result<Ruleset, String> {
    let (read, issues) = validate(&definition.to_string());
    if let Some(issue) = issues.first() {
        return Err(format!("{issue:?}"));
    }
    let snapshot = compile(&read.ok_or("it was not read")?);
    Ruleset::load(&snapshot.encode()).map_err(|error| error.to_string())
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
        arm: Some(outcome.arm.name()).filter(|arm| !arm.is_empty()),
        keep: outcome.keep,
    }
}

/// The smallest definition and context about which they disagree.
fn report(definition: &Json, flag: &str, context: &Json, now: f64) -> String {
    let fails = |definition: &Json, context: &Json| match load(definition) {
        Ok(ruleset) if ruleset.find(flag).is_some() => {
            evaluated(&ruleset, flag, context, now)
                != Oracle {
                    definition,
                    context,
                    now,
                }
                .answer(flag)
        }
        _ => false,
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

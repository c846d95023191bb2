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

/// Compares the answers of one random definition for so many contexts, each at two instants, and tells of each.
///
/// Panics with the smallest example when two answers differ.
pub(crate) fn compare(mut generator: Generator, contexts: usize, mut agreed: impl FnMut(&Answer)) {
    let definition = generator.definition();
    let ruleset = load(&definition).unwrap_or_else(|problem| panic!("{problem}\n{definition}"));
    let mut memo = Memo::default();
    for _ in 0..contexts {
        let context = generator.context();
        // A host tells of other contexts, and not of other instants.
        memo.forget();
        for now in [generator.now(), generator.now()] {
            let asked = Oracle {
                definition: &definition,
                context: &context,
                now,
            };
            for flag in flags(&definition) {
                let answer = asked.answer(flag);
                let given = evaluated(&ruleset, flag, &asked, &mut memo);
                assert!(given == answer, "{}", report(flag, &asked, &given));
                agreed(&answer);
            }
        }
    }
}

/// Returns what asks one definition for a flag and a context, and compares.
pub(crate) fn asked(definition: &Json) -> impl Fn(&str, &Json) -> Answer {
    let ruleset = load(definition).unwrap();
    move |flag, context| {
        let asked = Oracle {
            definition,
            context,
            now: 0.0,
        };
        let answer = asked.answer(flag);
        let given = evaluated(&ruleset, flag, &asked, &mut Memo::default());
        assert!(given == answer, "{}", report(flag, &asked, &given));
        answer
    }
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
fn evaluated(ruleset: &Ruleset, key: &str, asked: &Oracle<'_>, memo: &mut Memo) -> Answer {
    let id = ruleset.find(key).unwrap();
    let flag = ruleset.flag(id).unwrap();
    let context = context(ruleset, asked.context).unwrap();
    let outcome = Evaluation::new(ruleset, &context, memo, asked.now, &mut ()).flag(id);
    let variant = ruleset.variants(flag)[outcome.variant.index()];
    let rule = outcome.rule.map(|rule| ruleset.rule(flag, rule).unwrap());
    Answer {
        variant: ruleset.text(variant.name).to_owned(),
        reason: outcome.reason.name(),
        rule: rule.map(|rule| ruleset.text(rule.id).to_owned()),
        arm: Some(outcome.arm.name()).filter(|arm| !arm.is_empty()),
        keep: outcome.keep,
        stability: Some(flag.stability.name().to_owned()).filter(|name| name != "page"),
    }
}

/// The smallest definition and context about which they disagree, or all of it where that needs more than one question.
fn report(flag: &str, asked: &Oracle<'_>, given: &Answer) -> String {
    let differs = |definition: &Json, context: &Json| {
        let Ok(ruleset) = load(definition) else {
            return false;
        };
        let asked = Oracle {
            definition,
            context,
            ..*asked
        };
        ruleset.find(flag).is_some()
            && evaluated(&ruleset, flag, &asked, &mut Memo::default()) != asked.answer(flag)
    };
    let definition = shrink(asked.definition.clone(), &|definition| {
        differs(definition, asked.context)
    });
    let context = shrink(asked.context.clone(), &|context| differs(&definition, context));
    let wanted = asked.answer(flag);
    let now = asked.now;
    format!("flag {flag}, now {now}\n{definition}\n{context}\ngiven  {given:?}\nwanted {wanted:?}")
}

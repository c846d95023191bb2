//! Runs the golden cases. The same files run in Node, workerd and Chromium, by `tests/js/golden.ts`.

pub(crate) mod vectors;

use fader::Ruleset;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::explain::{Answer, explain};
use fader::instant;
use fader::json::Json;
use fader::subject::context;
use fader::validate::validate;
use include_dir::{Dir, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/cases");

/// The instant of cases that name none.
const NOW: f64 = 1_795_000_000_000.0;

/// Returns each file: its name and what is in it.
pub(crate) fn files() -> impl Iterator<Item = (String, Json)> {
    FILES.files().map(|file| {
        let name = file.path().display().to_string();
        let text = file.contents_utf8().expect("a golden file is UTF-8");
        let golden = Json::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, golden)
    })
}

/// Runs every case of every file, and fails with all that went wrong.
pub(crate) fn run() {
    let mut count = 0;
    let mut failures = Vec::new();
    for (name, golden) in files() {
        let Some(Json::List(cases)) = golden.get("cases") else {
            panic!("{name} has no cases");
        };
        let ruleset = ruleset(&golden);
        for case in cases {
            count += 1;
            if let Err(failure) = check(&ruleset, case) {
                failures.push(format!("{name}: {failure}"));
            }
        }
    }
    assert!(count > 700, "only {count} golden cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn ruleset(golden: &Json) -> Ruleset {
    let definition = golden.get("definition").expect("a golden file has a definition");
    ruleset_of(&definition.to_string())
}

fn ruleset_of(definition: &str) -> Ruleset {
    let (definition, _) = validate(definition);
    let definition = definition.expect("the definition can be read");
    Ruleset::load(&compile(&definition).encode()).expect("what was compiled can be loaded")
}

fn check(ruleset: &Ruleset, case: &Json) -> Result<(), String> {
    let text = |name: &str| match case.get(name) {
        Some(Json::Text(text)) => text.as_str(),
        _ => "",
    };
    let now = instant_of(case);
    let expected = case.get("expect").unwrap_or(&Json::Null);
    let given = case.get("context").unwrap_or(&Json::Null);
    let answer = answer(ruleset, text("flag"), given, now)?;
    let rule = answer.rule.map_or(Json::Null, Json::Text);
    let arm = answer.arm.map_or(Json::Null, |arm| Json::Text(arm.to_owned()));
    let sticky = if answer.sticky {
        Json::Boolean(true)
    } else {
        Json::Null
    };
    let stability = answer
        .stability
        .map_or(Json::Null, |stability| Json::Text(stability.to_owned()));
    let code = answer
        .error_code
        .map_or(Json::Null, |code| Json::Text(code.to_owned()));
    let got = [
        ("value", answer.value),
        ("variant", answer.variant.map_or(Json::Null, Json::Text)),
        ("reason", Json::Text(answer.reason.to_owned())),
        ("rule", rule),
        ("arm", arm),
        ("sticky", sticky),
        ("stability", stability),
        ("errorCode", code),
    ];
    for (name, got) in got {
        let wanted = expected.get(name).unwrap_or(&Json::Null);
        if !same(wanted, &got) {
            return Err(format!("{}: {name} is {got}, and not {wanted}", text("case")));
        }
    }
    Ok(())
}

/// Returns the instant of a case.
pub(crate) fn instant_of(case: &Json) -> f64 {
    match case.get("now") {
        Some(Json::Number(number)) => number.as_f64().unwrap_or(NOW),
        Some(Json::Text(text)) => instant::parse(text.as_bytes()).unwrap_or(NOW),
        _ => NOW,
    }
}

/// Numbers are the same when they are the same double, however they are written.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

fn answer(ruleset: &Ruleset, flag: &str, given: &Json, now: f64) -> Result<Answer, String> {
    let Some(id) = ruleset.find(flag) else {
        return Ok(Answer::not_found(flag));
    };
    let context = match context(ruleset, given) {
        Ok(context) => context,
        Err(fault) => return Ok(Answer::error(flag, "INVALID_CONTEXT", &fault.to_string())),
    };
    let outcome = Evaluation::new(ruleset, &context, &mut Memo::default(), now, &mut ()).flag(id);
    let answer = Answer::new(ruleset, &ruleset.flags()[id.index()], outcome);
    let explained = explain(ruleset, id, &context, now);
    if explained.answer != answer {
        return Err(format!(
            "{flag}: explain says {:?}, and evaluate {answer:?}",
            explained.answer
        ));
    }
    if explained.steps.iter().filter(|step| step.decided).count() != 1 {
        return Err(format!("{flag}: not one step decided: {:?}", explained.steps));
    }
    Ok(answer)
}

//! As many flags as there may be, each of which asks for the one before it.

use std::fmt::Write;
use std::thread;

use fader::Ruleset;
use fader::compile::compile;
use fader::evaluate::{Evaluation, Memo};
use fader::explain::explain;
use fader::id::FlagId;
use fader::json::Json;
use fader::subject::context;
use fader::validate::validate;

const FLAGS: usize = 20_000;

/// Far less than a call for each flag would take.
const STACK: usize = 64 * 1024;

/// Half of them require the one before, the others ask for it in a condition. The first asks who it is.
fn chain() -> Ruleset {
    let mut text = String::from(r#"{ "format": 1, "environment": "test", "flags": {"#);
    let flag = r#""type": "boolean", "variants": { "on": true, "off": false }, "safe": "off""#;
    write!(
        text,
        r#""f0": {{ {flag}, "rules": [{{ "where": {{ "userId": "u-1" }}, "serve": "on" }}] }}"#
    )
    .unwrap();
    for at in 1..FLAGS {
        let before = at - 1;
        let asks = if at % 2 == 0 {
            format!(r#""requires": {{ "f{before}": "on" }}, "otherwise": "on""#)
        } else {
            format!(r#""rules": [{{ "where": {{ "flag": {{ "f{before}": "on" }} }}, "serve": "on" }}]"#)
        };
        write!(text, r#", "f{at}": {{ {flag}, {asks} }}"#).unwrap();
    }
    text += "} }";
    let (definition, issues) = validate(&text);
    assert_eq!(issues, []);
    Ruleset::load(&compile(&definition.unwrap()).encode()).unwrap()
}

#[test]
fn a_chain_of_all_flags_is_evaluated_without_a_stack() {
    let ruleset = chain();
    let evaluate = move || {
        for (user, expected) in [("u-1", "on"), ("u-2", "off")] {
            let json = Json::parse(&format!(r#"{{ "userId": "{user}" }}"#)).unwrap();
            let context = context(&ruleset, &json).unwrap();
            let variant = |at: usize, memo: &mut Memo| {
                let id = ruleset.find(&format!("f{at}")).unwrap();
                let outcome = Evaluation::new(&ruleset, &context, memo, 0.0, &mut ()).flag(id);
                let variants = ruleset.variants(ruleset.flag(id).unwrap());
                ruleset.text(variants[outcome.variant.index()].name)
            };
            // From the end, where all others come first, and then each by itself.
            let mut memo = Memo::default();
            for at in (0..FLAGS).rev().chain(0..FLAGS) {
                assert_eq!(variant(at, &mut memo), expected, "f{at} for {user}");
            }
            let last: FlagId = ruleset.find(&format!("f{}", FLAGS - 1)).unwrap();
            let explained = explain(&ruleset, last, &context, 0.0);
            assert_eq!(explained.answer.variant.as_deref(), Some(expected));
            assert_eq!(explained.steps[0].tests.len(), 1);
        }
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(evaluate).unwrap();
    thread.join().unwrap();
}

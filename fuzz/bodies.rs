//! What is done with the bytes of a fuzzer, the same under libFuzzer and in `cargo test`.

use std::sync::LazyLock;

use fader::Ruleset;
use fader::bucket::murmur3;
use fader::compile::compile;
use fader::context::{Attribute, Context, Writer};
use fader::evaluate::{Evaluation, Memo};
use fader::explain::{Answer, explain};
use fader::id::FlagId;
use fader::json::Json;
use fader::projection::Projection;
use fader::snapshot::Snapshot;
use fader::subject;
use fader::trace::{Event, Reason, Trace};
use fader::validate::validate;

use crate::oracle::compare::compare;
use crate::oracle::generate::{Generator, NOW, Random};

/// Every target. Each has a corpus of its name.
#[allow(dead_code, reason = "a binary of libFuzzer knows its own target alone")]
pub(crate) const TARGETS: [&str; 5] = ["definition", "snapshot", "context", "conditions", "patterns"];

/// Asks for every operator, so that contexts of any kind are asked for something.
const DEFINITION: &str = include_str!("definition.json");

/// Does what a target does. Panics when something is not as it was promised.
pub(crate) fn run(target: &str, bytes: &[u8]) {
    match target {
        "definition" => definition(bytes),
        "snapshot" => snapshot(bytes),
        "context" => context(bytes),
        "conditions" => compare(Generator::new(Random::of_bytes(bytes)), 4, |_| {}),
        "patterns" => patterns(bytes),
        other => panic!("there is no target {other}"),
    }
}

/// What validates can be compiled, what was compiled can be loaded, and flags without an issue have an answer.
fn definition(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (definition, issues) = validate(text);
    let Some(definition) = definition else {
        assert!(!issues.is_empty(), "nothing was read, and nobody says why");
        return;
    };
    let snapshot = compile(&definition);
    let encoded = snapshot.encode();
    assert!(Snapshot::decode(&encoded).is_ok_and(|decoded| decoded == snapshot));
    let ruleset = Ruleset::load(&encoded).unwrap();
    let reasons = evaluate_all(&ruleset, &Context::default(), usize::MAX);
    assert!(!issues.is_empty() || !reasons.contains(&Reason::Error), "{text}");
    Ruleset::load(&compile(&Projection::Client.of(&definition)).encode()).unwrap();
}

/// A snapshot is refused, or evaluated without a trap in so many steps as it has bytes, squared.
fn snapshot(bytes: &[u8]) {
    evaluate_loaded(bytes);
    if bytes.len() >= 12 {
        // The checksum finds what happened by chance; this is what happens on purpose.
        let mut repaired = bytes.to_vec();
        let checksum = murmur3(&bytes[12..], 0x0fad_e500);
        repaired[8..12].copy_from_slice(&checksum.to_le_bytes());
        evaluate_loaded(&repaired);
    }
}

fn evaluate_loaded(bytes: &[u8]) {
    let Ok(ruleset) = Ruleset::load(bytes) else { return };
    let steps = (bytes.len() + 1).pow(2);
    evaluate_all(&ruleset, &Context::default(), steps);
    let kinds = [
        Attribute::Text(b"u-1"),
        Attribute::Text(b"\xff1.2.3"),
        Attribute::Number(-0.5),
        Attribute::Boolean(true),
        Attribute::Other,
        Attribute::List { length: 3, rows: 0 },
    ];
    for kind in kinds {
        let mut writer = Writer::new(ruleset.attributes().len());
        for attribute in ruleset.attributes() {
            writer.put(0, attribute.slot, kind);
        }
        evaluate_all(&ruleset, &writer.finish(), steps);
    }
}

/// Every context is answered or refused, and an explanation says what the evaluation says.
fn context(bytes: &[u8]) {
    static RULESET: LazyLock<Ruleset> = LazyLock::new(|| {
        let (definition, issues) = validate(DEFINITION);
        assert_eq!(issues, []);
        Ruleset::load(&compile(&definition.unwrap()).encode()).unwrap()
    });
    let ruleset = &*RULESET;
    let parsed = str::from_utf8(bytes).ok().and_then(|text| Json::parse(text).ok());
    match parsed {
        Some(json) => {
            if let Ok(context) = subject::context(ruleset, &json) {
                evaluate_all(ruleset, &context, usize::MAX);
                explain_all(ruleset, &context);
            }
        }
        // What a host writes need not be JSON, nor text that is right.
        None => explain_all(ruleset, &written(ruleset, bytes)),
    }
}

/// A context of attributes whose kinds and texts the bytes say.
fn written(ruleset: &Ruleset, bytes: &[u8]) -> Context {
    let mut writer = Writer::new(ruleset.attributes().len());
    let mut texts = bytes.split(|byte| *byte == b'\n');
    for path in ruleset.attributes() {
        let text = texts.next().unwrap_or(&[]);
        let attribute = match (text.first(), text.as_chunks::<8>().0.first()) {
            (None, _) => Attribute::Absent,
            (Some(0), _) => Attribute::Boolean(text.len() > 1),
            (Some(1), Some(number)) => Attribute::Number(f64::from_le_bytes(*number)),
            (Some(2), _) => Attribute::Other,
            // A list whose rows lie anywhere, or nowhere.
            (Some(3), Some(number)) => {
                let (words, _) = number.as_chunks::<4>();
                let [length, rows] = [0, 1].map(|at| u32::from_le_bytes(words[at]));
                Attribute::List {
                    length: length % 1_000,
                    rows: rows % 70_000,
                }
            }
            _ => Attribute::Text(text),
        };
        writer.put(0, path.slot, attribute);
    }
    writer.finish()
}

/// An operand is refused at publish, or can be evaluated on any text.
fn patterns(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (operand, subject) = text.split_once('\n').unwrap_or((text, ""));
    for operator in ["matches", "semver", "cidr", "before", "contains"] {
        let operand = Json::Text(operand.to_owned());
        let definition = format!(
            r#"{{ "format": 1, "environment": "fuzz", "flags": {{ "f": {{ "type": "boolean",
            "variants": {{ "yes": true, "no": false }}, "safe": "no",
            "rules": [{{ "where": {{ "a": {{ "{operator}": {operand} }} }}, "serve": "yes" }}] }} }} }}"#,
        );
        let (definition, issues) = validate(&definition);
        let ruleset = Ruleset::load(&compile(&definition.unwrap()).encode()).unwrap();
        let given = Json::Object(vec![("a".to_owned(), Json::Text(subject.to_owned()))]);
        let Ok(context) = subject::context(&ruleset, &given) else {
            return;
        };
        let reasons = evaluate_all(&ruleset, &context, usize::MAX);
        assert_eq!(
            issues.is_empty(),
            reasons != [Reason::Error],
            "{operator}: {text:?}"
        );
    }
}

/// Counts steps instead of keeping them.
struct Steps {
    taken: usize,
    most: usize,
}

impl Trace for Steps {
    fn note(&mut self, _: Event) {
        self.taken += 1;
        assert!(
            self.taken <= self.most,
            "an evaluation takes more than {} steps",
            self.most
        );
    }
}

fn evaluate_all(ruleset: &Ruleset, context: &Context, most: usize) -> Vec<Reason> {
    let mut steps = Steps { taken: 0, most };
    let mut memo = Memo::default();
    let mut evaluation = Evaluation::new(ruleset, context, &mut memo, NOW, &mut steps);
    let flags = (0..).map(FlagId).take(ruleset.flags().len());
    flags.map(|flag| evaluation.flag(flag).reason).collect()
}

fn explain_all(ruleset: &Ruleset, context: &Context) {
    let mut memo = Memo::default();
    for (id, flag) in (0..).map(FlagId).zip(ruleset.flags()) {
        let outcome = Evaluation::new(ruleset, context, &mut memo, NOW, &mut ()).flag(id);
        let explained = explain(ruleset, id, context, NOW);
        assert_eq!(explained.answer, Answer::new(ruleset, flag, outcome));
    }
}

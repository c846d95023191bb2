//! The published vectors, row by row.

use std::io::Read;

use fader::Ruleset;
use fader::bucket::point;
use fader::evaluate::{Evaluation, Memo};
use fader::explain::Answer;
use fader::json::Json;
use fader::subject::context;
use flate2::read::GzDecoder;

/// What the answers are answers of.
pub(crate) const DEFINITION: &str = include_str!("../../js/vectors/definition.json");
/// The instant of the answers.
pub(crate) const NOW: f64 = 1_795_000_000_000.0;

const POINTS: &[u8] = include_bytes!("../../js/vectors/points.tsv.gz");
const CONTEXTS: &[u8] = include_bytes!("../../js/vectors/contexts.jsonl.gz");
const ANSWERS: &[u8] = include_bytes!("../../js/vectors/answers.tsv.gz");

/// A point, as it was published.
pub(crate) struct Point {
    pub(crate) salt: String,
    pub(crate) unit: String,
    pub(crate) lies_at: u32,
}

/// An answer, as it was published.
pub(crate) struct Published {
    pub(crate) flag: String,
    pub(crate) context: usize,
    pub(crate) variant: String,
    pub(crate) reason: String,
    pub(crate) rule: Option<String>,
}

/// Checks each point.
pub(crate) fn check_points() {
    let points = points();
    assert!(points.len() > 50_000, "only {} points were found", points.len());
    for published in points {
        let Point {
            salt,
            unit,
            lies_at: wanted,
        } = published;
        assert_eq!(point(&salt, &unit), wanted, "{salt:?}, {unit:?}");
    }
}

/// Checks each answer.
pub(crate) fn check_answers() {
    let ruleset = super::ruleset_of(DEFINITION);
    let (contexts, answers) = (contexts(), answers());
    assert!(
        answers.len() > 50_000,
        "only {} answers were found",
        answers.len()
    );
    for published in answers {
        let given = &contexts[published.context];
        let answer = answer(&ruleset, &published.flag, given);
        assert_eq!(
            answer.variant.as_ref(),
            Some(&published.variant),
            "{}: {given}",
            published.flag
        );
        assert_eq!(answer.reason, published.reason, "{}: {given}", published.flag);
        assert_eq!(answer.rule, published.rule, "{}: {given}", published.flag);
    }
}

pub(crate) fn points() -> Vec<Point> {
    let read = |row: &str| {
        let [salt, unit, point] = columns(row);
        Point {
            salt: salt.to_owned(),
            unit: unit.to_owned(),
            lies_at: point.parse().unwrap(),
        }
    };
    unpack(POINTS).lines().map(read).collect()
}

pub(crate) fn contexts() -> Vec<Json> {
    unpack(CONTEXTS)
        .lines()
        .map(|line| Json::parse(line).unwrap())
        .collect()
}

pub(crate) fn answers() -> Vec<Published> {
    let read = |row: &str| {
        let [flag, context, variant, reason, rule] = columns(row);
        Published {
            flag: flag.to_owned(),
            context: context.parse().unwrap(),
            variant: variant.to_owned(),
            reason: reason.to_owned(),
            rule: Some(rule.to_owned()).filter(|rule| !rule.is_empty()),
        }
    };
    unpack(ANSWERS).lines().map(read).collect()
}

fn answer(ruleset: &Ruleset, flag: &str, given: &Json) -> Answer {
    let id = ruleset.find(flag).unwrap();
    let context = context(ruleset, given).unwrap();
    let outcome = Evaluation::new(ruleset, &context, &mut Memo::default(), NOW, &mut ()).flag(id);
    Answer::new(ruleset, ruleset.flag(id).unwrap(), outcome)
}

fn columns<const N: usize>(row: &str) -> [&str; N] {
    let columns: Vec<&str> = row.split('\t').collect();
    columns
        .try_into()
        .unwrap_or_else(|_| panic!("{row:?} has not {N} columns"))
}

fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

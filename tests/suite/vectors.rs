//! The published vectors, natively, and against what was not written for Fader.

use std::io::Cursor;

use fader::json::Json;
use murmur3::murmur3_32;

use crate::golden::vectors::{DEFINITION, NOW, answers, check_answers, check_points, contexts, points};
use crate::oracle::Oracle;

#[test]
fn the_published_points_are_ours() {
    check_points();
}

#[test]
fn the_published_answers_are_ours() {
    check_answers();
}

#[test]
fn the_published_points_are_those_of_another_crate() {
    let hash = |text: &str, seed| murmur3_32(&mut Cursor::new(text.as_bytes()), seed).unwrap();
    for published in points() {
        let wanted = hash(&published.unit, hash(&published.salt, 0));
        assert_eq!(
            published.lies_at, wanted,
            "{:?}, {:?}",
            published.salt, published.unit
        );
    }
}

#[test]
fn the_published_answers_are_those_of_the_plain_evaluator() {
    let definition = Json::parse(DEFINITION).unwrap();
    let contexts = contexts();
    for published in answers() {
        let context = &contexts[published.context];
        let oracle = Oracle {
            definition: &definition,
            context,
            now: NOW,
        };
        let answer = oracle.answer(&published.flag);
        let given = (answer.variant, answer.reason, answer.rule);
        let wanted = (published.variant, published.reason.as_str(), published.rule);
        assert_eq!(given, wanted, "{}: {context}", published.flag);
    }
}

//! Personal data that clients get to see.

use std::collections::BTreeSet;

use super::Findings;
use super::facts::{Facts, Of, flag_at, rules_of, staged, walk};
use crate::definition::{Check, Condition, Reveal, Segment};
use crate::read::place::Step;
use crate::words;

const MEND: &str = "let `reveal` be `value`, or ask for an attribute that says nothing about a person";

/// E-mail addresses in what clients download to evaluate a flag.
pub(super) fn addresses(facts: &Facts<'_>, findings: &mut Findings) {
    for (key, flag) in facts.flags().filter(|(_, flag)| flag.reveal == Reveal::Rule) {
        let [flags, at] = flag_at(key);
        let units: Vec<&str> = flag
            .overrides
            .iter()
            .flat_map(|(_, units)| strings(units))
            .collect();
        tell(
            &[flags, at, Step::Name("overrides")],
            &units,
            "the overrides hold",
            findings,
        );
        let mut segments = BTreeSet::new();
        for rule in rules_of(key, flag) {
            in_rule(&rule, &mut segments, findings);
        }
        segments.extend(staged(flag));
        in_segments(facts, &[flags, at], segments, findings);
    }
}

fn in_rule<'a>(rule: &Of<'a>, segments: &mut BTreeSet<&'a str>, findings: &mut Findings) {
    if let Some(audience) = rule.audience() {
        let found = operands(audience, segments);
        tell(&rule.field("where"), &found, "the condition holds", findings);
    }
}

/// Looks into segments, and into those that they ask for.
fn in_segments<'a>(
    facts: &Facts<'a>,
    steps: &[Step<'_>],
    mut open: BTreeSet<&'a str>,
    findings: &mut Findings,
) {
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop_first() {
        let found = facts.definition.segments.iter().find(|(other, _)| other == name);
        if let (true, Some((_, segment))) = (seen.insert(name), found) {
            let found = of_segment(&segment.content, &mut open);
            tell(
                steps,
                &found,
                &format!("the segment `{name}`, for which it asks, holds"),
                findings,
            );
        }
    }
}

fn of_segment<'a>(segment: &'a Segment, open: &mut BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut found: Vec<&str> = strings(&segment.include)
        .chain(strings(&segment.exclude))
        .collect();
    if let Some(audience) = &segment.audience {
        found.extend(operands(audience, open));
    }
    found
}

fn strings(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().map(String::as_str)
}

/// Returns the strings of a condition, and adds the segments that it asks for.
fn operands<'a>(condition: &'a Condition, segments: &mut BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    walk(condition, &mut |part| match part {
        Condition::Segment(name) => {
            segments.insert(name);
        }
        Condition::Test { check, .. } => match check {
            Check::TextIn { members, .. } => found.extend(strings(members)),
            Check::Part { any_of, .. } => found.extend(strings(any_of)),
            Check::Some(element) => found.extend(operands(element, &mut BTreeSet::new())),
            _ => {}
        },
        _ => {}
    });
    found
}

fn tell(steps: &[Step<'_>], operands: &[&str], what: &str, findings: &mut Findings) {
    let found: Vec<&&str> = operands.iter().filter(|text| is_address(text)).collect();
    let Some(first) = found.first() else {
        return;
    };
    let count = match found.len() {
        1 => "an e-mail address".to_owned(),
        count => format!("{count} e-mail addresses, such as"),
    };
    let message = format!(
        "clients get to see personal data: {what} {count} {}",
        words::quoted(first)
    );
    findings.warn("personal-data", steps, message, MEND);
}

fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let is_word = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace) && !part.contains('@');
    let has_dot = domain
        .split_once('.')
        .is_some_and(|(host, rest)| !host.is_empty() && !rest.is_empty());
    is_word(name) && is_word(domain) && has_dot
}

//! Parts of a definition that nobody asks for.

use std::collections::BTreeSet;

use super::Findings;
use super::facts::{Facts, flag_at, staged, walk};
use crate::definition::{Condition, Flag, Item, Named};
use crate::read::place::Step;

/// Segments, layers, holdouts and metrics that nothing names.
pub(super) fn unused(facts: &Facts<'_>, findings: &mut Findings) {
    let definition = facts.definition;
    let mut asked = Asked::default();
    for (_, flag) in &definition.flags {
        asked.flag(&flag.content);
    }
    for (_, segment) in &definition.segments {
        asked.audience(segment.content.audience.as_ref());
    }
    names("segments", &definition.segments, &asked.segments, findings);
    names("layers", &definition.layers, &asked.layers, findings);
    names("holdouts", &definition.holdouts, &asked.holdouts, findings);
    names("metrics", &definition.metrics, &asked.metrics, findings);
}

/// What the flags and segments name.
#[derive(Default)]
struct Asked<'a> {
    segments: BTreeSet<&'a str>,
    layers: BTreeSet<&'a str>,
    holdouts: BTreeSet<&'a str>,
    metrics: BTreeSet<&'a str>,
}

impl<'a> Asked<'a> {
    fn flag(&mut self, flag: &'a Flag) {
        self.holdouts.extend(flag.holdout.as_deref());
        for rule in &flag.rules {
            self.audience(rule.audience.as_ref());
            self.layers
                .extend(rule.layer.as_ref().map(|layer| layer.name.as_str()));
        }
        self.segments.extend(staged(flag));
        if let Some(ramp) = &flag.ramp {
            let metrics = ramp.guardrails.iter().chain(&ramp.goals);
            self.metrics.extend(metrics.map(String::as_str));
        }
    }

    fn audience(&mut self, audience: Option<&'a Condition>) {
        let Some(audience) = audience else {
            return;
        };
        walk(audience, &mut |part| {
            if let Condition::Segment(name) = part {
                self.segments.insert(name);
            }
        });
    }
}

fn names<T>(field: &'static str, named: &Named<Item<T>>, asked: &BTreeSet<&str>, findings: &mut Findings) {
    for (name, _) in named.iter().filter(|(name, _)| !asked.contains(name.as_str())) {
        let steps = [Step::Name(field), Step::Name(name)];
        // A metric may be measured for its own sake.
        if field == "metrics" {
            let message = format!("no ramp looks at `{name}`");
            findings.inform(
                "unused",
                &steps,
                message,
                "make it a guardrail or a goal, or remove it",
            );
        } else {
            let message = format!("no flag asks for `{name}`");
            findings.warn("unused", &steps, message, "use it, or remove it");
        }
    }
}

/// Flags that no program was seen to read, where somebody looked.
pub(super) fn unread(facts: &Facts<'_>, findings: &mut Findings) {
    let Some(read) = facts.read else {
        return;
    };
    let required: BTreeSet<&str> = facts
        .definition
        .flags
        .iter()
        .flat_map(|(_, flag)| asked(&flag.content))
        .collect();
    for (key, _) in facts.flags().filter(|(key, _)| !read.contains(*key)) {
        let message = if required.contains(key) {
            format!("no program reads the flag `{key}`; only other flags ask for it")
        } else {
            format!("nobody reads the flag `{key}`")
        };
        let mend = "remove it, or look where it is read under a name that is put together";
        if required.contains(key) {
            findings.inform("unread", &flag_at(key), message, mend);
        } else {
            findings.warn("unread", &flag_at(key), message, mend);
        }
    }
}

/// Returns the flags that a flag asks for.
fn asked(flag: &Flag) -> BTreeSet<&str> {
    let mut keys: BTreeSet<&str> = flag.requires.iter().map(|(key, _)| key.as_str()).collect();
    for audience in flag.rules.iter().filter_map(|rule| rule.audience.as_ref()) {
        walk(audience, &mut |part| {
            if let Condition::Flag { key, .. } = part {
                keys.insert(key);
            }
        });
    }
    keys
}

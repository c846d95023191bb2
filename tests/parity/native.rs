//! Evaluates every visitor natively: `parity SNAPSHOT VISITORS NOW` writes the answers to standard output.
//!
//! The form is that of `tests/parity/answers.mjs`: a line of JSON, and then an answer's index for each visitor and flag,
//! as 32-bit little-endian words. The line also has what every draw came to, which only a trace knows.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::io::Write;
use std::{env, fs};

use fader::Ruleset;
use fader::bucket::{SCALED_PERCENT, bound, is_under};
use fader::evaluate::{Evaluation, Memo};
use fader::explain::Answer;
use fader::id::{FlagId, RuleId};
use fader::json::Json;
use fader::ruleset::{Choice, Flag, Rule};
use fader::subject::context;
use fader::trace::{Event, Outcome};
use serde::Serialize;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().collect();
    let [_, snapshot, visitors, now] = args.as_slice() else {
        return Err("say: parity SNAPSHOT VISITORS NOW".into());
    };
    let ruleset = Ruleset::load(&fs::read(snapshot)?)?;
    let now: f64 = now.parse()?;
    let mut table = Table::default();
    let mut draws = Draws::default();
    for line in fs::read_to_string(visitors)?.lines() {
        let context = context(&ruleset, &Json::parse(line)?);
        let mut memo = Memo::default();
        for (id, flag) in (0..).map(FlagId).zip(ruleset.flags()) {
            let Ok(context) = &context else {
                let fault = context.as_ref().unwrap_err().to_string();
                table.add(&Answer::error(ruleset.text(flag.key), "INVALID_CONTEXT", &fault))?;
                continue;
            };
            let mut events = Vec::new();
            let outcome = Evaluation::new(&ruleset, context, &mut memo, now, &mut events).flag(id);
            table.add(&Answer::new(&ruleset, flag, outcome))?;
            let unit = context.get(flag.unit).unit();
            draws.add(
                id,
                &events,
                outcome,
                unit.as_ref().map_or(&[], |unit| unit.bytes()),
            );
        }
    }
    table.write(&draws.report(&ruleset))
}

/// Answers by their index, in the order in which they came up.
#[derive(Default)]
struct Table {
    answers: Vec<String>,
    indices: HashMap<String, u32>,
    given: Vec<u8>,
}

#[derive(Serialize)]
struct Head<'a> {
    answers: &'a [String],
    draws: &'a [DrawReport],
}

impl Table {
    fn add(&mut self, answer: &Answer) -> Result<(), Box<dyn Error>> {
        let text = serde_json::to_string(answer)?;
        let next = u32::try_from(self.answers.len())?;
        let index = *self.indices.entry(text).or_insert_with_key(|text| {
            self.answers.push(text.clone());
            next
        });
        self.given.extend_from_slice(&index.to_le_bytes());
        Ok(())
    }

    fn write(&self, draws: &[DrawReport]) -> Result<(), Box<dyn Error>> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(
            &mut out,
            &Head {
                answers: &self.answers,
                draws,
            },
        )?;
        out.write_all(b"\n")?;
        out.write_all(&self.given)?;
        Ok(())
    }
}

/// What became of the units of one rule. Visitors may share a unit, which is drawn once.
#[derive(Default)]
struct Draw {
    drawn: HashSet<Vec<u8>>,
    admitted: HashSet<Vec<u8>>,
    variants: BTreeMap<u32, HashSet<Vec<u8>>>,
}

#[derive(Default)]
struct Draws(BTreeMap<(FlagId, RuleId), Draw>);

/// How many of the units that were drawn got something, and with what chance each.
#[derive(Serialize)]
struct DrawReport {
    flag: String,
    rule: String,
    what: String,
    units: usize,
    hits: usize,
    chance: f64,
}

impl Draws {
    fn add(&mut self, flag: FlagId, events: &[Event], outcome: Outcome, unit: &[u8]) {
        let mut asked = RuleId(0);
        // What stands before is of the flags that this one depends on.
        let own = events.iter().rposition(|event| *event == Event::Flag(flag));
        for event in events.iter().skip(own.unwrap_or(0)) {
            match event {
                Event::Rule(rule) => asked = *rule,
                Event::Traffic(point, percent) => {
                    let draw = self.0.entry((flag, asked)).or_default();
                    draw.drawn.insert(unit.to_vec());
                    if is_under(*point, *percent) {
                        draw.admitted.insert(unit.to_vec());
                    }
                }
                Event::Split(_) => {
                    let draw = self.0.entry((flag, asked)).or_default();
                    draw.variants
                        .entry(outcome.variant.0)
                        .or_default()
                        .insert(unit.to_vec());
                }
                _ => {}
            }
        }
    }

    fn report(&self, ruleset: &Ruleset) -> Vec<DrawReport> {
        let reports = self.0.iter().map(|((flag, rule), draw)| {
            let flag = ruleset.flag(*flag).unwrap();
            draw.report(ruleset, flag, ruleset.rule(flag, *rule).unwrap())
        });
        reports.flatten().collect()
    }
}

impl Draw {
    fn report(&self, ruleset: &Ruleset, flag: &Flag, rule: &Rule) -> Vec<DrawReport> {
        let shared = |what: &str, units, hits, points| DrawReport {
            flag: ruleset.text(flag.key).to_owned(),
            rule: ruleset.text(rule.id).to_owned(),
            what: what.to_owned(),
            units,
            hits,
            chance: share(points),
        };
        let traffic = rule.traffic.iter();
        let mut reports: Vec<DrawReport> = traffic
            .map(|traffic| {
                shared(
                    "traffic",
                    self.drawn.len(),
                    self.admitted.len(),
                    bound(traffic.percent.into(), SCALED_PERCENT.into()),
                )
            })
            .collect();
        if let Choice::Split { slices, .. } = rule.choice {
            let units = self.variants.values().map(HashSet::len).sum();
            let mut before = 0;
            for slice in slices.of(ruleset.slices()) {
                let hits = self.variants.get(&slice.variant.0).map_or(0, HashSet::len);
                let name = name(ruleset, flag, slice.variant.index());
                reports.push(shared(name, units, hits, 1 + u64::from(slice.last) - before));
                before = 1 + u64::from(slice.last);
            }
        }
        reports
    }
}

fn name<'a>(ruleset: &'a Ruleset, flag: &Flag, variant: usize) -> &'a str {
    ruleset.text(ruleset.variants(flag)[variant].name)
}

/// Returns the share of all points that a number of them is.
// Both are at most 2³², which a double holds.
#[allow(clippy::cast_precision_loss)]
fn share(points: u64) -> f64 {
    points as f64 / fader::bucket::POINTS as f64
}

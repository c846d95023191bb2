//! (Ruleset, context, now) to outcome. Nothing here can fail; a rule can only decline.

use crate::context::Context;
use crate::id::{FlagId, NodeId, RuleId, TestId, VariantId};
use crate::operator::Operator;
use crate::ruleset::{Choice, Flag, Node, Rule, Ruleset, Slice, State};
use crate::trace::{Event, Miss, Outcome, Reason, Trace};
use alloc::vec;
use alloc::vec::Vec;

/// What tests gave for one context, so that each is put once, however many flags share it.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    /// For each test the era in which it was put, doubled, plus one when it held.
    answers: Vec<u32>,
    era: u32,
}

impl Memo {
    const LAST_ERA: u32 = u32::MAX / 2;

    /// Forgets all: the context is another.
    pub fn forget(&mut self) {
        if self.era == Self::LAST_ERA {
            self.answers.clear();
            self.era = 0;
        }
        self.era += 1;
    }

    /// Makes room for the tests of a ruleset.
    fn fit(&mut self, tests: usize) {
        if self.answers.len() != tests {
            self.answers = vec![0; tests];
            self.era = 1;
        }
    }
}

/// One context and one instant, against which flags are evaluated.
pub struct Evaluation<'a, T> {
    ruleset: &'a Ruleset,
    context: &'a Context,
    memo: &'a mut Memo,
    now: f64,
    trace: &'a mut T,
}

impl<'a, T: Trace> Evaluation<'a, T> {
    /// Begins to evaluate. `now` is in milliseconds since 1970.
    ///
    /// The memo must be new, or have heard of each change of the context, and belong to this ruleset.
    pub fn new(
        ruleset: &'a Ruleset,
        context: &'a Context,
        memo: &'a mut Memo,
        now: f64,
        trace: &'a mut T,
    ) -> Self {
        memo.fit(ruleset.tests.len());
        Self {
            ruleset,
            context,
            memo,
            now,
            trace,
        }
    }

    /// Evaluates one flag. One that does not exist gives [`Reason::Error`].
    pub fn flag(&mut self, id: FlagId) -> Outcome {
        let ruleset = self.ruleset;
        let Some(flag) = ruleset.flag(id) else {
            return Outcome::plain(VariantId(0), Reason::Error);
        };
        if let Some(settled) = flag.settled() {
            return settled;
        }
        if let Some(variant) = self.overridden(flag) {
            return Outcome::plain(variant, Reason::TargetingMatch);
        }
        if flag.state == State::Off {
            return Outcome::plain(flag.safe, Reason::Disabled);
        }
        self.rules(flag)
    }

    fn overridden(&self, flag: &Flag) -> Option<VariantId> {
        let overrides = flag.overrides.of(&self.ruleset.overrides);
        if overrides.is_empty() {
            return None;
        }
        let unit = self.context.get(flag.unit).unit()?;
        let at = overrides
            .binary_search_by(|row| self.ruleset.text(row.unit).as_bytes().cmp(unit.bytes()))
            .ok()?;
        overrides.get(at).map(|row| row.variant)
    }

    fn rules(&mut self, flag: &Flag) -> Outcome {
        let rules = self.ruleset.rules(flag);
        for (id, rule) in (0..).map(RuleId).zip(rules) {
            self.trace.note(Event::Rule(id));
            match self.rule(flag, rule) {
                Ok((variant, reason)) => {
                    return Outcome {
                        variant,
                        reason,
                        rule: Some(id),
                    };
                }
                Err(miss) => self.trace.note(Event::Declined(miss)),
            }
        }
        let reason = if rules.is_empty() {
            Reason::Static
        } else {
            Reason::Default
        };
        Outcome::plain(flag.otherwise, reason)
    }

    fn rule(&mut self, flag: &Flag, rule: &Rule) -> Result<(VariantId, Reason), Miss> {
        if self.now < rule.from {
            return Err(Miss::NotYet(rule.from));
        }
        if self.now >= rule.until {
            return Err(Miss::Over(rule.until));
        }
        if !self.admits(rule.audience) {
            return Err(Miss::Audience);
        }
        let unit = || self.context.get(flag.unit).unit().ok_or(Miss::UnitAbsent);
        if let Some(traffic) = rule.traffic {
            let point = traffic.seed.point(unit()?.bytes());
            self.trace.note(Event::Traffic(point, traffic.bound));
            if u64::from(point) >= traffic.bound {
                return Err(Miss::Traffic);
            }
        }
        match rule.choice {
            Choice::Serve(variant) => Ok((variant, Reason::TargetingMatch)),
            Choice::Split { seed, slices } => {
                let point = seed.point(unit()?.bytes());
                self.trace.note(Event::Split(point));
                let slices = slices.of(&self.ruleset.slices);
                Ok((slice_at(slices, point), Reason::Split))
            }
        }
    }

    /// Follows an audience to its end. Each step leads to a lower node, so there is one.
    fn admits(&mut self, entry: NodeId) -> bool {
        let mut at = entry;
        while at.0 >= Node::FIRST {
            let Some(node) = self.ruleset.nodes.get(at.index()) else {
                return false;
            };
            at = if self.holds(node.test) { node.yes } else { node.no };
        }
        at == Node::ADMIT
    }

    fn holds(&mut self, id: TestId) -> bool {
        let era = self.memo.era;
        let answer = self.memo.answers.get(id.index()).copied().unwrap_or(0);
        if answer >> 1 == era {
            let held = answer & 1 == 1;
            self.trace.note(Event::Test(id, held));
            return held;
        }
        let held = self.put(id);
        if let Some(answer) = self.memo.answers.get_mut(id.index()) {
            *answer = era << 1 | u32::from(held);
        }
        self.trace.note(Event::Test(id, held));
        held
    }

    fn put(&mut self, id: TestId) -> bool {
        let Some(test) = self.ruleset.tests.get(id.index()) else {
            return false;
        };
        match test.operator {
            // Segments stand in segments to a depth that was checked at load.
            Operator::Segment { entry, .. } => self.admits(entry),
            operator => {
                let attribute = self.context.get(test.attribute);
                operator.holds(attribute, &self.ruleset.operands)
            }
        }
    }
}

/// Returns the variant of the slice in which `point` lies. The last slice ends where the points end.
fn slice_at(slices: &[Slice], point: u32) -> VariantId {
    let point = u64::from(point);
    slices
        .iter()
        .find(|slice| point < slice.end)
        .map_or(VariantId(0), |slice| slice.variant)
}

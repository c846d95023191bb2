//! (Ruleset, context, now) to outcome. Nothing here can fail; a rule can only decline.

mod audience;
mod memo;

use crate::bucket::{Seed, is_under};
use crate::context::{Attribute, Context};
use crate::digest::digest;
use crate::id::{FlagId, RuleId, Slot, VariantId};
use crate::operator::version::Version;
use crate::ruleset::{Choice, Extra, Flag, Rule, Ruleset, Slice, State};
use crate::trace::{Arm, Event, Miss, Outcome, Reason, Trace};
use alloc::vec::Vec;
pub use memo::Memo;

/// One context and one instant, against which flags are evaluated.
pub struct Evaluation<'a, T> {
    ruleset: &'a Ruleset,
    context: &'a Context,
    memo: &'a mut Memo,
    now: f64,
    trace: &'a mut T,
    /// The element of a list that is asked about; the context itself outside of lists.
    element: Option<audience::Element>,
    /// The unit that was asked for last, where it is a string.
    unit: Option<(Slot, &'a [u8])>,
    /// The version that was asked for last.
    version: Option<(Slot, Option<Version<'a>>)>,
}

impl<'a, T: Trace> Evaluation<'a, T> {
    /// Begins to evaluate. `now` is in milliseconds since 1970.
    ///
    /// The memo must be new, or have heard of each change of the context, and belong to this ruleset.
    #[inline(always)]
    pub fn new(
        ruleset: &'a Ruleset,
        context: &'a Context,
        memo: &'a mut Memo,
        now: f64,
        trace: &'a mut T,
    ) -> Self {
        memo.fit(ruleset, now);
        Self {
            ruleset,
            context,
            memo,
            now,
            trace,
            element: None,
            unit: None,
            version: None,
        }
    }

    /// Evaluates one flag. One that does not exist gives [`Reason::Error`].
    pub fn flag(&mut self, id: FlagId) -> Outcome {
        let ruleset = self.ruleset;
        let Some(flag) = ruleset.flag(id) else {
            return Outcome::plain(VariantId(0), Reason::Error);
        };
        if flag.is_plain {
            self.trace.note(Event::Flag(id));
            return self.rules(flag, None);
        }
        let extra = ruleset.extra(flag);
        self.dependencies(&extra);
        self.trace.note(Event::Flag(id));
        self.before_rules(flag, &extra)
            .unwrap_or_else(|| self.ruled(flag, &extra))
    }

    /// Evaluates the flags that another depends on, and those that they depend on, each after its own: without recursion,
    /// because chains may be long. Ranks were checked at load, so this ends.
    fn dependencies(&mut self, extra: &Extra) {
        let ruleset = self.ruleset;
        if extra.dependencies.length == 0 {
            return;
        }
        let mut pending = self.memo.take_pending();
        self.push_pending(&mut pending, extra);
        while let Some(id) = pending.last().copied() {
            let before = pending.len();
            if let (None, Some(flag)) = (self.memo.outcome(id), ruleset.flag(id)) {
                self.push_pending(&mut pending, &ruleset.extra(flag));
                if pending.len() == before {
                    // All that it depends on is known, so that this does not come by here again.
                    let outcome = self.flag(id);
                    self.memo.keep(id, outcome);
                }
            }
            if pending.len() == before {
                pending.pop();
            }
        }
        self.memo.give_pending(pending);
    }

    fn push_pending(&self, pending: &mut Vec<FlagId>, extra: &Extra) {
        for id in extra.dependencies.of(&self.ruleset.dependencies) {
            if self.memo.outcome(FlagId(*id)).is_none() {
                pending.push(FlagId(*id));
            }
        }
    }

    /// Asks the steps that come before the rules; what the flag depends on was evaluated.
    #[inline(never)]
    fn before_rules(&mut self, flag: &Flag, extra: &Extra) -> Option<Outcome> {
        if let Some(settled) = self.ruleset.settled(flag) {
            return Some(settled);
        }
        let (variant, reason) = self.given(flag, extra)?;
        Some(Outcome {
            arm: extra.ramp.map_or(Arm::None, |_| Arm::Outside),
            ..Outcome::plain(variant, reason)
        })
    }

    fn given(&mut self, flag: &Flag, extra: &Extra) -> Option<(VariantId, Reason)> {
        if let Some(variant) = self.overridden(flag, extra) {
            return Some((variant, Reason::TargetingMatch));
        }
        if flag.state == State::Off {
            return Some((flag.safe(), Reason::Disabled));
        }
        if let Some(entry) = extra.requirements {
            self.trace.note(Event::Requirements);
            if !self.is_admitted(entry) {
                return Some((flag.safe(), Reason::Default));
            }
        }
        if let Some(entry) = extra.holdout {
            self.trace.note(Event::Holdout);
            if self.is_admitted(entry) {
                return Some((flag.safe(), Reason::Split));
            }
        }
        let variant = self.assigned(flag, extra)?;
        Some((variant, Reason::Cached))
    }

    fn overridden(&self, flag: &Flag, extra: &Extra) -> Option<VariantId> {
        let overrides = extra.overrides.of(&self.ruleset.overrides);
        if overrides.is_empty() {
            return None;
        }
        let unit = self.context.get(flag.unit).unit()?;
        let operands = &self.ruleset.operands;
        let is_hashed = operands.unit_salt.is_some();
        let digest = is_hashed.then(|| digest(operands.unit_salt(), unit.bytes()));
        let unit = digest.as_ref().map_or(unit.bytes(), |digest| digest);
        let at = overrides.binary_search_by(|row| operands.texts.bytes(row.unit).cmp(unit));
        overrides.get(at.ok()?).map(|row| row.variant)
    }

    /// Returns the variant of an earlier assignment, which is valid as long as the flag has one of its name.
    fn assigned(&mut self, flag: &Flag, extra: &Extra) -> Option<VariantId> {
        let Attribute::Text(name) = self.context.get(extra.sticky?) else {
            return None;
        };
        let variants = self.ruleset.variants(flag);
        let named = |variant: &crate::ruleset::Variant| self.ruleset.text(variant.name).as_bytes() == name;
        let variant = (0..)
            .map(VariantId)
            .zip(variants)
            .find(|(_, variant)| named(variant));
        self.trace.note(Event::Assignment(variant.is_some()));
        variant.map(|(id, _)| id)
    }

    /// Asks the rules of a flag that has more than these.
    #[inline(never)]
    fn ruled(&mut self, flag: &Flag, extra: &Extra) -> Outcome {
        let mut outcome = self.rules(flag, extra.ramp);
        outcome.keep = extra.sticky.is_some() && outcome.reason == Reason::Split;
        outcome
    }

    #[inline(always)]
    fn rules(&mut self, flag: &Flag, ramp: Option<RuleId>) -> Outcome {
        let rules = self.ruleset.rules(flag);
        let mut arm = ramp.map_or(Arm::None, |_| Arm::Outside);
        for (id, rule) in (0..).map(RuleId).zip(rules) {
            self.trace.note(Event::Rule(id));
            let decided = self.rule(flag, rule);
            if ramp == Some(id) {
                arm = arm_of(&decided);
            }
            match decided {
                Ok((variant, reason, _)) => {
                    return Outcome {
                        variant,
                        reason,
                        rule: Some(id),
                        arm,
                        keep: false,
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
        Outcome {
            arm,
            ..Outcome::plain(flag.otherwise(), reason)
        }
    }

    /// Returns what a rule gives, and whether the unit was drawn for traffic.
    #[inline(always)]
    fn rule(&mut self, flag: &Flag, rule: &Rule) -> Result<(VariantId, Reason, bool), Miss> {
        if rule.window > 0 {
            self.in_time(rule)?;
        }
        if !self.admits(rule.audience) {
            return Err(Miss::Audience);
        }
        let drawn = self.drawn(flag, rule)?;
        match rule.choice {
            Choice::Serve(variant) => Ok((variant, Reason::TargetingMatch, drawn)),
            Choice::Split { seed, slices } => {
                let point = self.point(flag, seed)?;
                self.trace.note(Event::Split(point));
                let slices = slices.of(&self.ruleset.slices);
                Ok((slice_at(slices, point), Reason::Split, drawn))
            }
        }
    }

    fn in_time(&self, rule: &Rule) -> Result<(), Miss> {
        match self.ruleset.window(rule) {
            Some(window) if self.now < window.from => Err(Miss::NotYet(window.from)),
            Some(window) if self.now >= window.until => Err(Miss::Over(window.until)),
            _ => Ok(()),
        }
    }

    /// Returns whether there was a draw that admitted the unit; without one everybody is admitted.
    #[inline(always)]
    fn drawn(&mut self, flag: &Flag, rule: &Rule) -> Result<bool, Miss> {
        let Some(traffic) = rule.traffic else {
            return Ok(false);
        };
        if rule.stages != crate::ruleset::Node::DECLINE {
            self.trace.note(Event::Stages);
            if self.is_admitted(rule.stages) {
                return Ok(false);
            }
        }
        let point = self.point(flag, traffic.seed)?;
        self.trace.note(Event::Traffic(point, traffic.percent));
        if is_under(point, traffic.percent) {
            Ok(true)
        } else {
            Err(Miss::Traffic)
        }
    }
}

impl<T: Trace> Evaluation<'_, T> {
    /// Returns the point where the flag's unit falls. Most flags have the same unit, which is read once.
    #[inline(always)]
    fn point(&mut self, flag: &Flag, seed: Seed) -> Result<u32, Miss> {
        match self.unit {
            Some((slot, text)) if slot == flag.unit => Ok(seed.point(text)),
            _ => self.first_point(flag, seed).ok_or(Miss::UnitAbsent),
        }
    }

    #[inline(never)]
    fn first_point(&mut self, flag: &Flag, seed: Seed) -> Option<u32> {
        match self.context.get(flag.unit) {
            Attribute::Text(text) => {
                self.unit = Some((flag.unit, text));
                Some(seed.point(text))
            }
            other => other.unit().map(|unit| seed.point(unit.bytes())),
        }
    }
}

/// Returns the arm in which the ramp's rule puts the unit.
fn arm_of(decided: &Result<(VariantId, Reason, bool), Miss>) -> Arm {
    match decided {
        Ok((_, _, true)) => Arm::Treated,
        Err(Miss::Traffic) => Arm::Control,
        _ => Arm::Outside,
    }
}

/// Returns the variant of the slice in which `point` lies. The last slice ends where the points end.
#[inline(always)]
fn slice_at(slices: &[Slice], point: u32) -> VariantId {
    slices
        .iter()
        .find(|slice| point <= slice.last)
        .map_or(VariantId(0), |slice| slice.variant)
}

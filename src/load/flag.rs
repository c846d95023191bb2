//! Flags and their overrides.

use super::{Loader, Reach};
use crate::id::{NodeId, RuleId, Slot, Span, VariantId};
use crate::ruleset::{Extra, Flag, Kind, Override, State};
use crate::snapshot::FlagRow;
use alloc::vec::Vec;

const SECTION: &str = "flags";

/// The most that an outcome has room for.
const MOST_VARIANTS: u32 = 1 << 16;
const MOST_RULES: u32 = 254;

/// The tables that flags share, and how many of their rows were given to flags.
struct Shared<'a> {
    variants: usize,
    overrides: &'a [Override],
    rules: usize,
    dependencies: usize,
    given: Given,
}

#[derive(Default)]
struct Given {
    variants: u32,
    overrides: u32,
    rules: u32,
    dependencies: u32,
}

impl Loader<'_> {
    pub(super) fn overrides(&mut self) -> Vec<Override> {
        let count = self.columns.override_units().len();
        let mut overrides = Vec::with_capacity(count);
        for _ in 0..count {
            let row = self.columns.override_();
            overrides.push(Override {
                unit: self.text(row.override_units, "overrides"),
                variant: VariantId(row.override_variants),
            });
        }
        overrides
    }

    pub(super) fn flags(&mut self, variants: usize, overrides: &[Override]) -> Vec<Flag> {
        let mut shared = Shared {
            variants,
            overrides,
            rules: self.columns.rule_ids().len(),
            dependencies: self.columns.dependencies().len(),
            given: Given::default(),
        };
        let count = self.columns.flag_keys().len();
        self.rules.reserve_exact(shared.rules);
        self.slices.reserve_exact(self.columns.slice_weights().len());
        let mut flags: Vec<Flag> = Vec::with_capacity(count);
        for _ in 0..count {
            let flag = self.flag(&mut shared);
            // Flags are found by binary search.
            if let Some(last) = flags.last() {
                let texts = &self.operands.texts;
                self.faults
                    .expect(texts.get(last.key) < texts.get(flag.key), SECTION);
            }
            flags.push(flag);
        }
        let is_all_given = shared.given.variants as usize == variants
            && shared.given.overrides as usize == overrides.len()
            && shared.given.rules as usize == shared.rules
            && shared.given.dependencies as usize == shared.dependencies;
        self.faults.expect(is_all_given, SECTION);
        flags
    }

    fn flag(&mut self, shared: &mut Shared<'_>) -> Flag {
        let row = self.columns.flag();
        let kind = Kind::ALL.get(row.flag_kinds as usize).copied();
        let state = State::ALL.get(row.flag_states as usize).copied();
        let (safe, otherwise, unit) = (row.flag_safes, row.flag_otherwises, row.flag_units);
        let (variants, rules) = self.own(shared, row.flag_variants, row.flag_rules);
        let key = self.text(row.flag_keys, SECTION);
        let (extra, mut reach) = self.extra(shared, &row, rules, variants);
        if shared.dependencies > 0 {
            self.ranks.push(row.flag_ranks);
        }
        for _ in 0..rules.length {
            reach = reach.join(self.rule(key, variants.length as usize));
        }
        let is_refused = row.flag_needs != 0 || kind.is_none() || state.is_none() || reach.is_unknown;
        let is_complete = safe.max(otherwise) < variants.length && (unit as usize) < self.attributes.len();
        self.faults.expect(is_refused || is_complete, SECTION);
        // In range by the checks above.
        #[allow(clippy::cast_possible_truncation)]
        Flag {
            key,
            kind: kind.unwrap_or(Kind::Object),
            state: state.unwrap_or(State::On),
            is_refused,
            is_plain: extra == 0 && !is_refused && state == Some(State::On),
            is_timed: reach.is_timed,
            unit: self.slot(unit),
            first_variant: variants.start,
            first_rule: rules.start,
            extra,
            variants: variants.length as u16,
            safe: safe as u16,
            otherwise: otherwise as u16,
            rules: rules.length as u8,
        }
    }

    /// Returns which variants and which rules are the flag's own.
    fn own(&mut self, shared: &mut Shared<'_>, variants: u32, rules: u32) -> (Span, Span) {
        let (faults, given) = (&mut self.faults, &mut shared.given);
        let variants = faults.run(&mut given.variants, variants, shared.variants, SECTION);
        let rules = faults.run(&mut given.rules, rules, shared.rules, SECTION);
        faults.expect(
            variants.length < MOST_VARIANTS && rules.length <= MOST_RULES,
            SECTION,
        );
        (variants, rules)
    }

    fn slot(&self, attribute: u32) -> Slot {
        let path = self.attributes.get(attribute as usize);
        path.map_or(Slot(0), |path| path.slot)
    }

    /// Reads what few flags have, and returns where it is kept, and what its audiences reach.
    fn extra(&mut self, shared: &mut Shared<'_>, row: &FlagRow, rules: Span, variants: Span) -> (u32, Reach) {
        let (overrides, dependencies) = (row.flag_overrides, row.flag_dependencies);
        let (requirements, holdout) = (row.flag_requirements, row.flag_holdouts);
        let (sticky, ramp) = (row.flag_stickies, row.flag_ramps);
        if overrides | dependencies | requirements | holdout | sticky | ramp == 0 {
            return (0, Reach::default());
        }
        let (requirements, holdout) = (NodeId(requirements), NodeId(holdout));
        let given = &mut shared.given;
        let overrides = self
            .faults
            .run(&mut given.overrides, overrides, shared.overrides.len(), SECTION);
        for row in overrides.of(shared.overrides) {
            self.faults
                .checked(row.variant.0, variants.length as usize, "overrides");
        }
        let dependencies = self.faults.run(
            &mut given.dependencies,
            dependencies,
            shared.dependencies,
            SECTION,
        );
        let reach = self
            .reach(requirements, SECTION)
            .join(self.reach(holdout, SECTION));
        self.faults.expect(
            sticky as usize <= self.attributes.len() && ramp <= rules.length,
            SECTION,
        );
        self.extras.push(Extra {
            overrides,
            dependencies,
            requirements: Some(requirements).filter(|entry| entry.0 > 0),
            holdout: Some(holdout).filter(|entry| entry.0 > 0),
            sticky: sticky.checked_sub(1).map(|attribute| self.slot(attribute)),
            ramp: ramp.checked_sub(1).map(RuleId),
        });
        // There are no more than flags, and one.
        #[allow(clippy::cast_possible_truncation)]
        let last = self.extras.len() as u32 - 1;
        (last, reach)
    }
}

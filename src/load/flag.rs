//! Flags and their overrides.

use super::{Loader, Reach};
use crate::id::{NodeId, RuleId, Slot, Span, TextId, VariantId};
use crate::ruleset::{Extra, Flag, Kind, Override, Stability, State, Window};
use crate::snapshot::FlagRow;

const SECTION: &str = "flags";

/// The most that an outcome has room for.
const MOST_VARIANTS: u32 = 1 << 16;
const MOST_RULES: u32 = 254;

/// How many rows of the tables that flags share were given to flags.
#[derive(Default)]
struct Given {
    variants: u32,
    overrides: u32,
    rules: u32,
    dependencies: u32,
}

impl Loader<'_> {
    pub(super) fn overrides(&mut self) {
        let count = self.columns.override_units().len();
        self.ruleset.overrides.reserve_exact(count);
        for _ in 0..count {
            let row = self.columns.override_();
            let unit = self.text(row.override_units, "overrides");
            self.ruleset.overrides.push(Override {
                unit,
                variant: VariantId(row.override_variants),
            });
        }
    }

    pub(super) fn flags(&mut self) {
        let mut given = Given::default();
        let count = self.columns.flag_keys().len();
        let rules = self.columns.rule_ids().len();
        let dependencies = self.columns.dependencies().len();
        self.ruleset.flags.reserve_exact(count);
        self.ruleset.rules.reserve_exact(rules);
        self.ruleset
            .slices
            .reserve_exact(self.columns.slice_weights().len());
        self.ruleset.windows.push(Window::ALWAYS);
        self.ruleset.extras.push(Extra::NONE);
        for _ in 0..count {
            let flag = self.flag(&mut given);
            self.check_key(flag.key);
            self.ruleset.is_timed |= flag.is_timed;
            self.ruleset.flags.push(flag);
        }
        let is_all_given = given.variants as usize == self.ruleset.variants.len()
            && given.overrides as usize == self.ruleset.overrides.len()
            && given.rules as usize == rules
            && given.dependencies as usize == dependencies;
        self.faults.expect(is_all_given, SECTION);
    }

    /// Checks that a flag's key comes behind that of the last, because flags are found by binary search, and that it is one
    /// line, because hosts read the keys as lines.
    fn check_key(&mut self, key: TextId) {
        let texts = &self.ruleset.operands.texts;
        let last = self.ruleset.flags.last().map(|last| texts.bytes(last.key));
        let key = texts.bytes(key);
        let is_line = key.iter().all(|byte| *byte != b'\n');
        self.faults
            .expect(is_line && last.is_none_or(|last| last < key), SECTION);
    }

    fn flag(&mut self, given: &mut Given) -> Flag {
        let row = self.columns.flag();
        let kind = Kind::ALL.get(row.flag_kinds as usize).copied();
        let state = State::ALL.get(row.flag_states as usize).copied();
        let (safe, otherwise, unit) = (row.flag_safes, row.flag_otherwises, row.flag_units);
        let (variants, rules) = self.own(given, &row);
        let key = self.text(row.flag_keys, SECTION);
        let (extra, mut reach) = self.extra(given, &row, rules, variants);
        if !self.columns.dependencies().is_empty() {
            self.ranks.push(row.flag_ranks);
        }
        let stability = self.stability();
        for _ in 0..rules.length {
            reach = reach.join(self.rule(key, variants.length as usize));
        }
        let is_refused = row.flag_needs != 0 || kind.is_none() || state.is_none() || reach.is_unknown;
        let is_complete =
            safe.max(otherwise) < variants.length && (unit as usize) < self.ruleset.attributes.len();
        self.faults.expect(is_refused || is_complete, SECTION);
        // In range by the checks above.
        #[allow(clippy::cast_possible_truncation)]
        Flag {
            key,
            kind: kind.unwrap_or(Kind::Object),
            state: state.unwrap_or(State::On),
            stability,
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
    fn own(&mut self, given: &mut Given, row: &FlagRow) -> (Span, Span) {
        let (variants, rules) = (self.ruleset.variants.len(), self.columns.rule_ids().len());
        let left = rules + given.rules as usize;
        let faults = &mut self.faults;
        let variants = faults.run(&mut given.variants, row.flag_variants, variants, SECTION);
        // Those that were given have been read.
        let rules = faults.run(&mut given.rules, row.flag_rules, left, SECTION);
        faults.expect(
            variants.length < MOST_VARIANTS && rules.length <= MOST_RULES,
            SECTION,
        );
        (variants, rules)
    }

    /// Reads how long clients keep what a flag gave. What a newer version calls otherwise is kept as most are.
    fn stability(&mut self) -> Stability {
        let column = self.columns.flag_stabilities();
        if column.is_empty() {
            return Stability::default();
        }
        let code = column.row();
        Stability::ALL.get(code as usize).copied().unwrap_or_default()
    }

    fn slot(&self, attribute: u32) -> Slot {
        let path = self.ruleset.attributes.get(attribute as usize);
        path.map_or(Slot(0), |path| path.slot)
    }

    /// Reads what few flags have, and returns where it is kept, and what its audiences reach.
    fn extra(&mut self, given: &mut Given, row: &FlagRow, rules: Span, variants: Span) -> (u32, Reach) {
        let (overrides, dependencies) = (row.flag_overrides, row.flag_dependencies);
        let (requirements, holdout) = (row.flag_requirements, row.flag_holdouts);
        let (sticky, ramp) = (row.flag_stickies, row.flag_ramps);
        if overrides | dependencies | requirements | holdout | sticky | ramp == 0 {
            return (0, Reach::default());
        }
        let (requirements, holdout) = (NodeId(requirements), NodeId(holdout));
        let table = self.ruleset.overrides.len();
        let overrides = self.faults.run(&mut given.overrides, overrides, table, SECTION);
        for row in overrides.of(&self.ruleset.overrides) {
            self.faults
                .checked(row.variant.0, variants.length as usize, "overrides");
        }
        let table = self.columns.dependencies().len();
        let dependencies = self
            .faults
            .run(&mut given.dependencies, dependencies, table, SECTION);
        let reach = self
            .reach(requirements, SECTION)
            .join(self.reach(holdout, SECTION));
        self.faults.expect(
            sticky as usize <= self.ruleset.attributes.len() && ramp <= rules.length,
            SECTION,
        );
        self.ruleset.extras.push(Extra {
            overrides,
            dependencies,
            requirements: Some(requirements).filter(|entry| entry.0 > 0),
            holdout: Some(holdout).filter(|entry| entry.0 > 0),
            sticky: sticky.checked_sub(1).map(|attribute| self.slot(attribute)),
            ramp: ramp.checked_sub(1).map(RuleId),
        });
        // There are no more than flags, and one.
        #[allow(clippy::cast_possible_truncation)]
        let last = self.ruleset.extras.len() as u32 - 1;
        (last, reach)
    }
}

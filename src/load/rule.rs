//! Rules and their slices.

use super::{Loader, Reach};
use crate::bucket::{Draw, SCALED_PERCENT, Seed, bound};
use crate::id::{NodeId, Span, TextId, VariantId};
use crate::ruleset::{Choice, Rule, Slice, Traffic, Window};
use crate::snapshot::RuleRow;

impl Loader<'_> {
    /// Reads a rule of a flag, which has so many variants, and returns what its audiences reach.
    pub(super) fn rule(&mut self, key: TextId, variants: usize) -> Reach {
        let row = self.columns.rule();
        let own = row.rule_salts.checked_sub(1);
        let salt = own.map_or(key, |own| self.text(own, "rules"));
        let percent = row.rule_traffics.checked_sub(1);
        let rule = Rule {
            id: self.text(row.rule_ids, "rules"),
            audience: NodeId(row.rule_audiences),
            stages: NodeId(row.rule_stages),
            window: self.window(row.rule_froms, row.rule_untils),
            traffic: percent.map(|percent| self.traffic(percent, salt)),
            choice: self.choice(&row, salt, variants),
        };
        let mut reach = self
            .reach(rule.audience, "rules")
            .join(self.reach(rule.stages, "rules"));
        reach.is_timed |= rule.window > 0;
        self.ruleset.rules.push(rule);
        reach
    }

    /// Returns the seed of a draw, whose salt is written where the one before it was.
    fn seed(&mut self, draw: Draw, salt: TextId) -> Seed {
        draw.write_salt(self.ruleset.operands.texts.get(salt), &mut self.salt);
        Seed::new(&self.salt)
    }

    fn window(&mut self, from: u32, until: u32) -> u32 {
        let window = Window {
            from: self.instant(from, f64::NEG_INFINITY),
            until: self.instant(until, f64::INFINITY),
        };
        if window == Window::ALWAYS {
            return 0;
        }
        self.ruleset.windows.push(window);
        // There are no more than rules.
        #[allow(clippy::cast_possible_truncation)]
        let last = self.ruleset.windows.len() as u32 - 1;
        last
    }

    fn instant(&mut self, number: u32, absent: f64) -> f64 {
        let Some(number) = number.checked_sub(1) else {
            return absent;
        };
        let number = self
            .faults
            .checked(number, self.ruleset.operands.numbers.len(), "rules");
        self.ruleset.operands.number(number)
    }

    fn traffic(&mut self, percent: u32, salt: TextId) -> Traffic {
        self.faults.expect(percent <= SCALED_PERCENT, "rules");
        Traffic {
            seed: self.seed(Draw::Traffic, salt),
            percent,
        }
    }

    fn choice(&mut self, row: &RuleRow, salt: TextId, variants: usize) -> Choice {
        if let Some(variant) = row.rule_serves.checked_sub(1) {
            self.faults.expect(row.rule_slices == 0, "rules");
            return Choice::Serve(VariantId(self.faults.checked(variant, variants, "rules")));
        }
        Choice::Split {
            seed: self.seed(Draw::Split, salt),
            slices: self.slices(row.rule_slices, variants),
        }
    }

    /// Reads the slices of a rule, and turns weights into the last points of intervals. What has no weight has no slice.
    fn slices(&mut self, count: u32, variants: usize) -> Span {
        let left = self.columns.slice_weights().len();
        self.faults.expect(count as usize <= left, "slices");
        let count = left.min(count as usize);
        let mut weights = self.columns.slice_weights().clone();
        let total = (0..count).map(|_| u64::from(weights.row())).sum();
        // The bounds are exact in 64 bits as long as the scaled total stays below 2³².
        self.faults.expect((1..1 << 32).contains(&total), "slices");
        let first = self.ruleset.slices.len();
        let mut before = 0;
        for _ in 0..count {
            let row = self.columns.slice();
            let variant = VariantId(self.faults.checked(row.slice_variants, variants, "slices"));
            let weight = row.slice_weights;
            before += u64::from(weight);
            if let (1.., Some(last)) = (weight, bound(before, total).checked_sub(1)) {
                // The last bound is 2³², and the points end before it.
                #[allow(clippy::cast_possible_truncation)]
                let last = last as u32;
                self.ruleset.slices.push(Slice { variant, last });
            }
        }
        // There are no more than the snapshot has bytes.
        #[allow(clippy::cast_possible_truncation)]
        Span {
            start: first as u32,
            length: (self.ruleset.slices.len() - first) as u32,
        }
    }
}

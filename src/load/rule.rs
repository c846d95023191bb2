//! Rules and their slices.

use super::{Loader, Reach};
use crate::bucket::{Draw, SCALED_PERCENT, bound};
use crate::id::{NodeId, Span, TextId, VariantId};
use crate::ruleset::{Choice, Rule, Slice, Traffic, Window};

impl Loader<'_> {
    /// Reads a rule of a flag, which has so many variants, and returns what its audiences reach.
    pub(super) fn rule(&mut self, key: TextId, variants: usize) -> Reach {
        let columns = &mut self.columns;
        let id = columns.rule_ids().row();
        let audience = NodeId(columns.rule_audiences().row());
        let stages = NodeId(columns.rule_stages().row());
        let window = [columns.rule_froms().row(), columns.rule_untils().row()];
        let traffic = columns.rule_traffics().row();
        let salt = columns.rule_salts().row();
        let serve = columns.rule_serves().row();
        let slices = columns.rule_slices().row();
        let salt = salt.checked_sub(1).map_or(key, |own| self.text(own, "rules"));
        let rule = Rule {
            id: self.text(id, "rules"),
            audience,
            stages,
            window: self.window(window),
            traffic: traffic.checked_sub(1).map(|percent| self.traffic(percent, salt)),
            choice: self.choice(serve, slices, salt, variants),
        };
        let mut reach = self.reach(audience, "rules").join(self.reach(stages, "rules"));
        reach.is_timed |= rule.window > 0;
        self.rules.push(rule);
        reach
    }

    fn window(&mut self, [from, until]: [u32; 2]) -> u32 {
        let window = Window {
            from: self.instant(from, f64::NEG_INFINITY),
            until: self.instant(until, f64::INFINITY),
        };
        if window == Window::ALWAYS {
            return 0;
        }
        self.windows.push(window);
        // There are no more than rules.
        #[allow(clippy::cast_possible_truncation)]
        let last = self.windows.len() as u32 - 1;
        last
    }

    fn instant(&mut self, number: u32, absent: f64) -> f64 {
        let Some(number) = number.checked_sub(1) else {
            return absent;
        };
        let number = self.faults.checked(number, self.operands.numbers.len(), "rules");
        self.operands.number(number)
    }

    fn traffic(&mut self, percent: u32, salt: TextId) -> Traffic {
        self.faults.expect(percent <= SCALED_PERCENT, "rules");
        Traffic {
            seed: Draw::Traffic.seed(self.operands.texts.get(salt)),
            percent,
        }
    }

    fn choice(&mut self, serve: u32, slices: u32, salt: TextId, variants: usize) -> Choice {
        if let Some(variant) = serve.checked_sub(1) {
            self.faults.expect(slices == 0, "rules");
            return Choice::Serve(VariantId(self.faults.checked(variant, variants, "rules")));
        }
        Choice::Split {
            seed: Draw::Split.seed(self.operands.texts.get(salt)),
            slices: self.slices(slices, variants),
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
        let first = self.slices.len();
        let mut before = 0;
        for _ in 0..count {
            let variant = self.columns.slice_variants().row();
            let variant = VariantId(self.faults.checked(variant, variants, "slices"));
            let weight = self.columns.slice_weights().row();
            before += u64::from(weight);
            if let (1.., Some(last)) = (weight, bound(before, total).checked_sub(1)) {
                // The last bound is 2³², and the points end before it.
                #[allow(clippy::cast_possible_truncation)]
                let last = last as u32;
                self.slices.push(Slice { variant, last });
            }
        }
        // There are no more than the snapshot has bytes.
        #[allow(clippy::cast_possible_truncation)]
        Span {
            start: first as u32,
            length: (self.slices.len() - first) as u32,
        }
    }
}

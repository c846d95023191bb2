//! Snapshot to ruleset: every offset and index is checked here, once, so that evaluation cannot fail.

mod audience;
mod rows;

use crate::bucket::{Draw, WEIGHT_SCALE, bound};
use crate::error::Error;
use crate::id::{AttributeId, NodeId, Span, TextId, VariantId};
use crate::operand::{Operands, Texts};
use crate::ruleset::{Choice, Flag, Kind, Node, Override, Rule, Ruleset, Slice, State, Traffic, Variant};
use crate::snapshot::Snapshot;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use rows::{Rows, checked};

/// How deep segments may stand in segments.
pub const MAX_DEPTH: u32 = 32;

/// The need that no reader can meet: the compiler refused the flag.
pub const NEEDS_NOTHING_KNOWN: u32 = 1;

const SCALED_PERCENT: u64 = 100 * WEIGHT_SCALE;

impl Ruleset {
    /// Loads a snapshot from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot, are of a newer format, were cut short or changed, or contradict themselves.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        Loader::new(&Snapshot::decode(bytes)?)?.ruleset()
    }
}

/// What a node asks, and all that it leads to.
#[derive(Clone, Copy, Default)]
struct Reach {
    /// How deep segments stand in it.
    depth: u32,
    /// True when a newer version wrote a part of it.
    unknown: bool,
}

struct Loader<'a> {
    snapshot: &'a Snapshot,
    operands: Operands,
    reaches: Vec<Reach>,
}

impl<'a> Loader<'a> {
    fn new(snapshot: &'a Snapshot) -> Result<Self, Error> {
        let texts = Texts::new(&snapshot.text, &snapshot.text_lengths).ok_or(Error::malformed("strings"))?;
        Ok(Self {
            snapshot,
            operands: Operands {
                texts,
                numbers: snapshot.numbers.clone().into(),
                words: snapshot.words.clone().into(),
            },
            reaches: vec![Reach::default(); Node::FIRST as usize],
        })
    }

    fn ruleset(mut self) -> Result<Ruleset, Error> {
        let snapshot = self.snapshot;
        let [environment, high, low] = *snapshot.document.as_slice() else {
            return Err(Error::malformed("document"));
        };
        let segments = self.segments()?;
        let tests = self.tests(&segments)?;
        let nodes = self.nodes(&tests)?;
        self.check_entries(&segments)?;
        let variants = self.variants()?;
        let slices = self.slices()?;
        let rules = self.rules(&slices)?;
        let flags = self.flags(&rules)?;
        Ok(Ruleset {
            environment: self.text(environment, "document")?,
            revision: u64::from(high) << 32 | u64::from(low),
            attributes: self.texts(&snapshot.attribute_paths, "attributes")?,
            overrides: self.overrides(&flags)?,
            slices: slices.concat().into(),
            rules: rules.into_iter().map(|(rule, _)| rule).collect(),
            operands: self.operands,
            tests,
            nodes,
            segments,
            flags,
            variants,
        })
    }

    fn text(&self, id: u32, section: &'static str) -> Result<TextId, Error> {
        checked(id, self.operands.texts.count(), section).map(TextId)
    }

    fn texts(&self, ids: &[u32], section: &'static str) -> Result<Box<[TextId]>, Error> {
        ids.iter().map(|id| self.text(*id, section)).collect()
    }

    fn variants(&self) -> Result<Box<[Variant]>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("variants", snapshot.variant_names.len());
        let values = rows.column(&snapshot.variant_values)?;
        let variant = |(name, value): (&u32, &u32)| {
            Ok(Variant {
                name: self.text(*name, "variants")?,
                value: self.text(*value, "variants")?,
            })
        };
        snapshot.variant_names.iter().zip(values).map(variant).collect()
    }

    /// Reads the slices of each rule, and turns weights into the ends of intervals.
    fn slices(&self) -> Result<Vec<Vec<Slice>>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("slices", snapshot.slice_variants.len());
        let weights = rows.column(&snapshot.slice_weights)?;
        let rules = Rows::new("slices", snapshot.rule_slices.len());
        let spans = rules.spans(&snapshot.rule_slices, rows.count)?;
        let of_rule = |span: Span| {
            let weights = span.of(weights);
            let total = weights.iter().map(|weight| u64::from(*weight)).sum();
            // The bounds are exact in 64 bits as long as the scaled total stays below 2³².
            if span.length > 0 && !(1..1 << 32).contains(&total) {
                return Err(Error::malformed("slices"));
            }
            let mut before = 0;
            let slice = |(variant, weight): (&u32, &u32)| {
                before += u64::from(*weight);
                Slice {
                    variant: VariantId(*variant),
                    end: bound(before, total),
                }
            };
            Ok(span
                .of(&snapshot.slice_variants)
                .iter()
                .zip(weights)
                .map(slice)
                .collect())
        };
        spans.into_iter().map(of_rule).collect()
    }

    fn rules(&self, slices: &[Vec<Slice>]) -> Result<Vec<(Rule, Reach)>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("rules", snapshot.rule_ids.len());
        let audiences = rows.column(&snapshot.rule_audiences)?;
        let froms = rows.column(&snapshot.rule_froms)?;
        let untils = rows.column(&snapshot.rule_untils)?;
        let traffics = rows.column(&snapshot.rule_traffics)?;
        let salts = rows.column(&snapshot.rule_salts)?;
        let serves = rows.column(&snapshot.rule_serves)?;
        rows.column(&snapshot.rule_slices)?;
        let keys = self.keys_of_rules(rows.count)?;
        let mut first = 0;
        let mut rules = Vec::with_capacity(rows.count);
        for (at, slices) in slices.iter().enumerate() {
            let length = snapshot.rule_slices[at];
            let salt = match salts[at].checked_sub(1) {
                Some(own) => self.text(own, "rules")?,
                None => self.text(keys[at], "flags")?,
            };
            let salt = self.operands.texts.get(salt);
            let span = Span { start: first, length };
            first += length;
            let rule = Rule {
                id: self.text(snapshot.rule_ids[at], "rules")?,
                from: self.instant(froms[at], f64::NEG_INFINITY)?,
                until: self.instant(untils[at], f64::INFINITY)?,
                audience: NodeId(audiences[at]),
                traffic: traffic(traffics[at], salt)?,
                choice: choice(serves[at], slices, span, salt)?,
            };
            rules.push((rule, self.reach(rule.audience, "rules")?));
        }
        Ok(rules)
    }

    /// Returns for each rule the key of its flag.
    fn keys_of_rules(&self, rules: usize) -> Result<Vec<u32>, Error> {
        let snapshot = self.snapshot;
        let spans = Rows::new("flags", snapshot.flag_keys.len()).spans(&snapshot.flag_rules, rules)?;
        let keys = snapshot.flag_keys.iter().zip(spans);
        Ok(keys
            .flat_map(|(key, span)| core::iter::repeat_n(*key, span.length as usize))
            .collect())
    }

    fn instant(&self, number: u32, absent: f64) -> Result<f64, Error> {
        let Some(number) = number.checked_sub(1) else {
            return Ok(absent);
        };
        checked(number, self.operands.numbers.len(), "rules")?;
        Ok(self.operands.number(number))
    }

    fn overrides(&self, flags: &[Flag]) -> Result<Box<[Override]>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("overrides", snapshot.override_units.len());
        let variants = rows.column(&snapshot.override_variants)?;
        for flag in flags.iter().filter(|flag| !flag.refused) {
            for variant in flag.overrides.of(variants) {
                checked(*variant, flag.variants.length as usize, "overrides")?;
            }
        }
        let row = |(unit, variant): (&u32, &u32)| {
            Ok(Override {
                unit: self.text(*unit, "overrides")?,
                variant: VariantId(*variant),
            })
        };
        snapshot.override_units.iter().zip(variants).map(row).collect()
    }

    fn flags(&self, rules: &[(Rule, Reach)]) -> Result<Box<[Flag]>, Error> {
        let snapshot = self.snapshot;
        let rows = Rows::new("flags", snapshot.flag_keys.len());
        let kinds = rows.column(&snapshot.flag_kinds)?;
        let states = rows.column(&snapshot.flag_states)?;
        let needs = rows.column(&snapshot.flag_needs)?;
        let units = rows.column(&snapshot.flag_units)?;
        let safes = rows.column(&snapshot.flag_safes)?;
        let otherwises = rows.column(&snapshot.flag_otherwises)?;
        let variants = rows.spans(&snapshot.flag_variants, snapshot.variant_names.len())?;
        let overrides = rows.spans(&snapshot.flag_overrides, snapshot.override_units.len())?;
        let rule_spans = rows.spans(&snapshot.flag_rules, rules.len())?;
        let mut flags: Vec<Flag> = Vec::with_capacity(rows.count);
        for at in 0..rows.count {
            let kind = Kind::ALL.get(kinds[at] as usize);
            let state = State::ALL.get(states[at] as usize);
            let own = rule_spans[at].of(rules);
            let mut flag = Flag {
                key: self.text(snapshot.flag_keys[at], "flags")?,
                kind: kind.copied().unwrap_or(Kind::Object),
                state: state.copied().unwrap_or(State::On),
                refused: needs[at] != 0 || kind.is_none() || state.is_none(),
                unit: AttributeId(units[at]),
                safe: VariantId(safes[at]),
                otherwise: VariantId(otherwises[at]),
                variants: variants[at],
                overrides: overrides[at],
                rules: rule_spans[at],
            };
            flag.refused |= own.iter().any(|(_, reach)| reach.unknown);
            if !flag.refused {
                self.check_flag(&flag, own)?;
            }
            flags.push(flag);
        }
        self.check_order(&flags)?;
        Ok(flags.into())
    }

    fn check_flag(&self, flag: &Flag, rules: &[(Rule, Reach)]) -> Result<(), Error> {
        let variants = flag.variants.length as usize;
        // An outcome has 16 bits for the variant and 8 for the rule.
        if variants > 1 << 16 || rules.len() > 254 {
            return Err(Error::malformed("flags"));
        }
        checked(flag.unit.0, self.snapshot.attribute_paths.len(), "flags")?;
        checked(flag.safe.0, variants, "flags")?;
        checked(flag.otherwise.0, variants, "flags")?;
        for (rule, _) in rules {
            match rule.choice {
                Choice::Serve(variant) => {
                    checked(variant.0, variants, "rules")?;
                }
                Choice::Split { slices, .. } => {
                    for variant in slices.of(&self.snapshot.slice_variants) {
                        checked(*variant, variants, "slices")?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Flags are found by binary search.
    fn check_order(&self, flags: &[Flag]) -> Result<(), Error> {
        let key = |flag: &Flag| self.operands.texts.get(flag.key);
        if flags.is_sorted_by(|left, right| key(left) < key(right)) {
            Ok(())
        } else {
            Err(Error::malformed("flags"))
        }
    }
}

fn traffic(scaled: u32, salt: &str) -> Result<Option<Traffic>, Error> {
    let Some(percent) = scaled.checked_sub(1) else {
        return Ok(None);
    };
    if u64::from(percent) > SCALED_PERCENT {
        return Err(Error::malformed("rules"));
    }
    Ok(Some(Traffic {
        seed: Draw::Traffic.seed(salt),
        bound: bound(percent.into(), SCALED_PERCENT),
    }))
}

fn choice(serve: u32, slices: &[Slice], span: Span, salt: &str) -> Result<Choice, Error> {
    match (serve.checked_sub(1), slices.is_empty()) {
        (Some(variant), true) => Ok(Choice::Serve(VariantId(variant))),
        (None, false) => Ok(Choice::Split {
            seed: Draw::Split.seed(salt),
            slices: span,
        }),
        _ => Err(Error::malformed("rules")),
    }
}

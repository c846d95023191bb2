//! Flags and their rules.

use super::{Compiler, row};
use crate::bucket::Draw;
use crate::definition::{Adds, Choice, Condition, Flag, Ramp, Rule};
use crate::id::NodeId;
use crate::load::NEEDS_NOTHING_KNOWN;
use crate::operator::Code;
use crate::ruleset::Node;

/// A flag's row, but for what it depends on.
#[derive(Default)]
struct Row {
    key: u32,
    kind: u32,
    state: u32,
    needs: u32,
    unit: u32,
    variants: u32,
    safe: u32,
    otherwise: u32,
    overrides: u32,
    rules: u32,
    requirements: u32,
    holdout: u32,
    sticky: u32,
    ramp: u32,
    stability: u32,
}

impl Compiler<'_> {
    pub(super) fn refused(&mut self, key: &str) {
        let key = self.tables.text(key);
        self.push(&Row {
            key,
            needs: NEEDS_NOTHING_KNOWN,
            ..Row::default()
        });
    }

    fn push(&mut self, row: &Row) {
        let snapshot = &mut self.tables.snapshot;
        snapshot.flag_keys.push(row.key);
        snapshot.flag_kinds.push(row.kind);
        snapshot.flag_states.push(row.state);
        snapshot.flag_needs.push(row.needs);
        snapshot.flag_units.push(row.unit);
        snapshot.flag_variants.push(row.variants);
        snapshot.flag_safes.push(row.safe);
        snapshot.flag_otherwises.push(row.otherwise);
        snapshot.flag_overrides.push(row.overrides);
        snapshot.flag_rules.push(row.rules);
        snapshot.flag_requirements.push(row.requirements);
        snapshot.flag_holdouts.push(row.holdout);
        snapshot.flag_stickies.push(row.sticky);
        snapshot.flag_ramps.push(row.ramp);
        snapshot.flag_stabilities.push(row.stability);
    }

    pub(super) fn flag(&mut self, key: &str, flag: &Flag) {
        let text = self.tables.text(key);
        let unit = self.tables.attribute(None, &flag.unit);
        for (name, value) in &flag.variants {
            let name = self.tables.text(name);
            let value = self.tables.text(&value.to_string());
            self.tables.snapshot.variant_names.push(name);
            self.tables.snapshot.variant_values.push(value);
        }
        let overrides = self.overrides(flag);
        let requirements = self.requirements(flag);
        let holdout = self.holdout(flag);
        let sticky = if flag.sticky {
            self.tables.attribute(None, &format!("$sticky.{key}")) + 1
        } else {
            0
        };
        for rule in &flag.rules {
            self.rule(key, rule, flag);
        }
        self.push(&Row {
            key: text,
            kind: flag.kind as u32,
            state: flag.state as u32,
            needs: 0,
            unit,
            variants: row(flag.variants.len()),
            safe: variant(flag, &flag.safe),
            otherwise: variant(flag, &flag.otherwise),
            overrides,
            rules: row(flag.rules.len()),
            requirements: requirements.0,
            holdout: holdout.0,
            sticky,
            ramp: ramped(flag),
            stability: flag.stability as u32,
        });
    }

    /// Units are found by binary search, so they stand in the order of their bytes.
    fn overrides(&mut self, flag: &Flag) -> u32 {
        let mut overrides: Vec<(&str, u32)> = Vec::new();
        for (name, units) in &flag.overrides {
            let variant = variant(flag, name);
            overrides.extend(units.iter().map(|unit| (unit.as_str(), variant)));
        }
        overrides.sort_unstable();
        for (unit, variant) in &overrides {
            let unit = self.tables.text(unit);
            self.tables.snapshot.override_units.push(unit);
            self.tables.snapshot.override_variants.push(*variant);
        }
        row(overrides.len())
    }

    /// Returns where the audience begins that has all that is required; zero where nothing is.
    fn requirements(&mut self, flag: &Flag) -> NodeId {
        if flag.requires.is_empty() {
            return NodeId(0);
        }
        let asked = flag.requires.iter().rev();
        asked.fold(Node::ADMIT, |next, (key, variants)| {
            self.flag_condition(key, variants, next, Node::DECLINE)
        })
    }

    /// Returns where the audience begins that the holdout keeps out; zero where there is none.
    fn holdout(&mut self, flag: &Flag) -> NodeId {
        let holdout = flag
            .holdout
            .as_ref()
            .and_then(|name| self.definition.holdouts.get(name.as_str()));
        let Some(holdout) = holdout.copied() else {
            return NodeId(0);
        };
        let salt = Draw::Holdout.salt(&holdout.salt);
        self.share(&holdout.unit, &salt, [0, holdout.percent], Node::ADMIT)
    }

    /// Returns a node that leads on whoever falls into a part of all points.
    fn share(&mut self, unit: &str, salt: &str, [low, high]: [u32; 2], yes: NodeId) -> NodeId {
        let attribute = self.tables.attribute(None, unit);
        let words = vec![self.tables.text(salt), low, high];
        let test = self.tables.test(Some(attribute), Code::Percent, words);
        self.tables.node(test, yes, Node::DECLINE)
    }

    fn rule(&mut self, key: &str, rule: &Rule, flag: &Flag) {
        let audience = self.audience_of(rule);
        let ramp = flag.ramp.as_ref().filter(|ramp| ramp.rule == rule.id);
        let stages = ramp.map_or(Node::DECLINE, |ramp| self.stages(ramp));
        let traffic = match ramp {
            Some(ramp) => Some(share_at(ramp)),
            None => rule.traffic,
        };
        let id = self.tables.text(&rule.id);
        let own_salt = rule.salt.as_deref().filter(|salt| *salt != key);
        let salt = own_salt.map_or(0, |salt| self.tables.text(salt) + 1);
        let [from, until] = [rule.from, rule.until]
            .map(|instant| instant.map_or(0, |instant| self.tables.number(instant) + 1));
        let snapshot = &mut self.tables.snapshot;
        let (serve, slices) = match &rule.choice {
            Choice::Serve(name) => (variant(flag, name) + 1, 0),
            Choice::Split(slices) => {
                let variants = slices.iter().map(|(name, _)| variant(flag, name));
                snapshot.slice_variants.extend(variants);
                let weights = slices.iter().map(|(_, weight)| weight);
                snapshot.slice_weights.extend(weights);
                (0, row(slices.len()))
            }
        };
        snapshot.rule_ids.push(id);
        snapshot.rule_audiences.push(audience.0);
        snapshot.rule_froms.push(from);
        snapshot.rule_untils.push(until);
        snapshot.rule_stages.push(stages.0);
        snapshot
            .rule_traffics
            .push(traffic.map_or(0, |percent| percent + 1));
        snapshot.rule_salts.push(salt);
        snapshot.rule_serves.push(serve);
        snapshot.rule_slices.push(slices);
    }

    /// The condition first, then the range of the layer.
    fn audience_of(&mut self, rule: &Rule) -> NodeId {
        let range = rule.layer.as_ref();
        let layer = range.and_then(|range| self.definition.layers.get(range.name.as_str()).copied());
        let end = match (layer, range) {
            (Some(layer), Some(range)) => {
                let salt = Draw::Layer.salt(&layer.salt);
                self.share(&layer.unit, &salt, range.range, Node::ADMIT)
            }
            _ => Node::ADMIT,
        };
        match &rule.audience {
            Some(condition) => self.condition(condition, end, Node::DECLINE),
            None => end,
        }
    }

    /// Returns where the audience begins of everybody in a segment of a stage up to the present one.
    fn stages(&mut self, ramp: &Ramp) -> NodeId {
        let segments = reached(ramp).filter_map(|adds| match adds {
            Adds::Segment(name) => Some(Condition::Segment(name.clone())),
            Adds::Percent(_) => None,
        });
        self.condition(&Condition::Any(segments.collect()), Node::ADMIT, Node::DECLINE)
    }
}

/// Returns the rule that the ramp raises, plus one; zero where there is none.
fn ramped(flag: &Flag) -> u32 {
    let place = |ramp: &Ramp| flag.rules.iter().position(|rule| rule.id == ramp.rule);
    let rule = flag.ramp.as_ref().and_then(place);
    rule.map_or(0, |rule| row(rule) + 1)
}

/// Whom the stages up to the present one add.
fn reached(ramp: &Ramp) -> impl DoubleEndedIterator<Item = &Adds> {
    let count = ramp.stage.map_or(0, |stage| stage + 1);
    ramp.stages.iter().take(count).map(|stage| &stage.adds)
}

/// Returns the percent of the latest stage that has one, scaled.
fn share_at(ramp: &Ramp) -> u32 {
    let mut latest = reached(ramp).rev().filter_map(|adds| match adds {
        Adds::Percent(percent) => Some(*percent),
        Adds::Segment(_) => None,
    });
    latest.next().unwrap_or(0)
}

/// Returns a variant's place within its flag.
pub(super) fn variant(flag: &Flag, name: &str) -> u32 {
    let place = flag.variants.iter().position(|(variant, _)| variant == name);
    row(place.unwrap_or(0))
}

//! Layers in which flags do not exclude each other.

use std::collections::BTreeMap;

use super::facts::{Facts, Of};
use super::{Findings, reach};
use crate::definition::LayerRange;
use crate::words;

type InLayer<'a> = (Of<'a>, &'a LayerRange);

/// Rules that concern the same part of a layer, of different flags or in vain.
pub(super) fn overlaps(facts: &Facts<'_>, findings: &mut Findings) {
    let mut layers: BTreeMap<&str, Vec<InLayer<'_>>> = BTreeMap::new();
    for rule in facts.rules() {
        if let Some(layer) = &rule.rule.layer {
            layers.entry(&layer.name).or_default().push((rule, layer));
        }
    }
    for rules in layers.values() {
        for (at, rule) in rules.iter().enumerate() {
            let before = rules.get(..at).unwrap_or_default();
            between_flags(facts, rule, before, findings);
            in_one_flag(facts, rule, before, findings);
        }
    }
}

fn between_flags(facts: &Facts<'_>, later: &InLayer<'_>, before: &[InLayer<'_>], findings: &mut Findings) {
    let mut met = before
        .iter()
        .filter_map(|earlier| Some((earlier.0, common(facts, later, earlier)?)));
    let Some((other, shared)) = met.next() else {
        return;
    };
    let message = format!(
        "in the layer `{}` the rule shares {} with the rule `{}` of the flag `{}`: the same units may get both",
        later.1.name,
        words::range(shared),
        other.rule.id,
        other.key
    );
    let mend = "give them ranges that do not overlap, if they must exclude each other";
    findings.warn("layer-overlap", &later.0.field("layer"), message, mend);
}

/// A part of the range is taken by a rule before; where all of it is, the rule is never reached.
fn in_one_flag(facts: &Facts<'_>, later: &InLayer<'_>, before: &[InLayer<'_>], findings: &mut Findings) {
    let (rule, part) = later;
    let same_flag = before.iter().filter(|(other, _)| other.key == rule.key);
    let taken = same_flag.filter(|(other, _)| {
        reach::takes_where_both_lie(facts, other, rule) && reach::decides_as_far(other, rule)
    });
    for (other, range) in taken {
        let Some(shared) = shared(part, range).filter(|shared| *shared != part.range) else {
            continue;
        };
        let message = format!(
            "the rule `{}` is not reached in {} of the layer `{}`: `{}` decides there before it",
            rule.rule.id,
            words::range(shared),
            part.name,
            other.rule.id
        );
        let mend = "let its range begin where the other ends";
        findings.inform("layer-overlap", &rule.field("layer"), message, mend);
    }
}

fn shared(layer: &LayerRange, other: &LayerRange) -> Option<[u32; 2]> {
    let low = layer.range[0].max(other.range[0]);
    let high = layer.range[1].min(other.range[1]);
    (low < high).then_some([low, high])
}

/// Returns the range that rules of two flags share, where the same context may meet both.
fn common(facts: &Facts<'_>, (rule, layer): &InLayer<'_>, (other, range): &InLayer<'_>) -> Option<[u32; 2]> {
    let may_meet = rule.key != other.key
        && holds_at_once(rule, other)
        && !facts.logic.is_apart(rule.audience(), other.audience());
    shared(layer, range).filter(|_| may_meet)
}

/// Returns true when there is a time at which both rules hold.
pub(super) fn holds_at_once(rule: &Of<'_>, other: &Of<'_>) -> bool {
    let ends_before = |first: &Of<'_>, second: &Of<'_>| {
        let ends = first.rule.until.zip(second.rule.from);
        ends.is_some_and(|(until, from)| until <= from)
    };
    !ends_before(rule, other) && !ends_before(other, rule)
}

/// Returns true when both rules hold in parts of one layer that do not meet.
pub(super) fn is_apart(rule: &Of<'_>, other: &Of<'_>) -> bool {
    match (&rule.rule.layer, &other.rule.layer) {
        (Some(layer), Some(other)) => {
            let ([low, high], [lowest, highest]) = (layer.range, other.range);
            layer.name == other.name && (high <= lowest || highest <= low)
        }
        _ => false,
    }
}

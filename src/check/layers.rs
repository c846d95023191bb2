//! Layers in which flags do not exclude each other.

use std::collections::BTreeMap;

use super::Findings;
use super::facts::{Facts, Of};
use crate::definition::LayerRange;
use crate::words;

/// Rules of different flags that concern the same part of a layer.
pub(super) fn overlaps(facts: &Facts<'_>, findings: &mut Findings) {
    let mut layers: BTreeMap<&str, Vec<(Of<'_>, &LayerRange)>> = BTreeMap::new();
    for rule in facts.rules() {
        if let Some(layer) = &rule.rule.layer {
            layers.entry(&layer.name).or_default().push((rule, layer));
        }
    }
    for (name, rules) in layers {
        for (at, (rule, layer)) in rules.iter().enumerate() {
            let mut before = rules.iter().take(at);
            let met = before
                .find_map(|(other, range)| Some((other, common(facts, (rule, layer), (other, range))?)));
            let Some((other, shared)) = met else {
                continue;
            };
            let message = format!(
                "in the layer `{name}` the rule shares {} with the rule `{}` of the flag `{}`: the same units may get both",
                words::range(shared),
                other.rule.id,
                other.key
            );
            let mend = "give them ranges that do not overlap, if they must exclude each other";
            findings.warn("layer-overlap", &rule.field("layer"), message, mend);
        }
    }
}

/// Returns the range that rules of two flags share, where the same context may meet both.
fn common(
    facts: &Facts<'_>,
    (rule, layer): (&Of<'_>, &LayerRange),
    (other, range): (&Of<'_>, &LayerRange),
) -> Option<[u32; 2]> {
    if rule.key == other.key
        || !holds_at_once(rule, other)
        || facts.logic.is_apart(rule.audience(), other.audience())
    {
        return None;
    }
    let [low, high] = [
        layer.range[0].max(range.range[0]),
        layer.range[1].min(range.range[1]),
    ];
    (low < high).then_some([low, high])
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

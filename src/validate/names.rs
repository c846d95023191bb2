//! What a definition has, by name.

use std::collections::BTreeMap;

use crate::definition::{Definition, Flag, Holdout, Item, Layer, Metric, Named, Segment};
use crate::read::Issues;
use crate::read::name::nearest;
use crate::read::place::Place;

/// Things by name.
pub(super) type Table<'a, T> = BTreeMap<&'a str, &'a Item<T>>;

/// What may be asked for.
pub(super) struct Names<'a> {
    pub(super) flags: Table<'a, Flag>,
    pub(super) segments: Table<'a, Segment>,
    pub(super) layers: Table<'a, Layer>,
    pub(super) holdouts: Table<'a, Holdout>,
    pub(super) metrics: Table<'a, Metric>,
}

impl<'a> Names<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        Self {
            flags: table(&definition.flags),
            segments: table(&definition.segments),
            layers: table(&definition.layers),
            holdouts: table(&definition.holdouts),
            metrics: table(&definition.metrics),
        }
    }
}

fn table<T>(items: &Named<Item<T>>) -> Table<'_, T> {
    items.iter().map(|(name, item)| (name.as_str(), item)).collect()
}

/// Adds an issue where nothing has a name. `what` is what it would be.
pub(super) fn check_name<T>(
    table: &Table<'_, T>,
    what: &str,
    name: &str,
    place: &Place<'_>,
    issues: &mut Issues,
) {
    // A name that could not be read has said so.
    if !name.is_empty() && !table.contains_key(name) {
        let mend = did_you_mean(name, table.keys().copied(), issues);
        issues.add(place, format!("there is no {what} `{name}`"), mend);
    }
}

/// Adds an issue for each variant that a flag does not have.
pub(super) fn check_variants(
    flag: &Item<Flag>,
    key: &str,
    variants: &[String],
    place: &Place<'_>,
    issues: &mut Issues,
) {
    let known = || flag.content.variants.iter().map(|(name, _)| name.as_str());
    // Variants that could not be read have said so.
    if known().len() == 0 {
        return;
    }
    let is_unknown = |variant: &&String| !known().any(|name| name == **variant);
    for variant in variants.iter().filter(is_unknown) {
        let mend = did_you_mean(variant, known(), issues);
        let message = format!("the flag `{key}` has no variant `{variant}`");
        issues.add(place, message, mend);
    }
}

/// Returns how to mend a name that nothing has.
pub(super) fn did_you_mean<'n>(
    name: &str,
    known: impl ExactSizeIterator<Item = &'n str>,
    issues: &Issues,
) -> String {
    /// Whoever has more issues did not slip: looking at all names for each would take too long.
    const SLIPS: usize = 100;
    if issues.0.len() > SLIPS {
        return "define it first".to_owned();
    }
    let known: Vec<&str> = known.collect();
    match nearest(name, &known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "define it first".to_owned(),
        None if known.len() > 10 => "define it first, or use one that is defined".to_owned(),
        None => format!("define it, or use one of {}", known.join(", ")),
    }
}

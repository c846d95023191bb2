//! What a definition has, by name.

use std::collections::BTreeMap;

use crate::definition::{Definition, Flag, Holdout, Item, Layer, Metric, Named, Segment};
use crate::read::Issues;
use crate::read::name::nearest;
use crate::read::place::Place;

/// Things by name.
pub(super) struct Table<'a, T> {
    items: &'a [(String, Item<T>)],
    positions: BTreeMap<&'a str, usize>,
}

impl<'a, T> Table<'a, T> {
    fn of(items: &'a Named<Item<T>>) -> Self {
        let names = items.iter().map(|(name, _)| name.as_str());
        Self {
            items,
            positions: names.zip(0..).collect(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Item<T>> {
        let (_, item) = self.items.get(self.position(name)?)?;
        Some(item)
    }

    /// Returns where something of a name stands.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

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
            flags: Table::of(&definition.flags),
            segments: Table::of(&definition.segments),
            layers: Table::of(&definition.layers),
            holdouts: Table::of(&definition.holdouts),
            metrics: Table::of(&definition.metrics),
        }
    }
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
    if !name.is_empty() && table.position(name).is_none() {
        let mend = did_you_mean(name, table.positions.keys().copied(), issues);
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

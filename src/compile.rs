//! Definition to snapshot: names become indices, conditions become nodes, and equal things become one.

mod audience;
mod check;
mod dependency;
mod flag;
mod table;

use std::collections::BTreeMap;

use crate::definition::{Definition, Flag, Holdout, Item, Layer, Segment};
use crate::snapshot::Snapshot;
use dependency::Dependencies;
use table::Tables;

/// Compiles a definition that was validated.
///
/// Refused flags are in the snapshot by their key alone, so that they answer `PARSE_ERROR` and nothing else is harmed.
#[must_use]
pub fn compile(definition: &Definition) -> Snapshot {
    let mut flags: Vec<&(String, Item<Flag>)> = definition.flags.iter().collect();
    flags.sort_by(|left, right| left.0.cmp(&right.0));
    // A key that stands twice is an issue; its flags are refused, and one is enough to say so.
    flags.dedup_by(|left, right| left.0 == right.0);
    // Hosts read keys as lines, so that one with several has no place; it is an issue.
    flags.retain(|(key, _)| !key.contains('\n'));
    let dependencies = Dependencies::new(definition, &flags);
    let mut compiler = Compiler {
        tables: Tables::default(),
        definition: Names::new(definition, &flags),
        segments: BTreeMap::new(),
        list: None,
    };
    compiler.document(definition);
    for (at, (key, flag)) in flags.into_iter().enumerate() {
        if flag.refused {
            compiler.refused(key);
        } else {
            compiler.flag(key, &flag.content);
        }
        compiler.depend(dependencies.of(at));
    }
    let stabilities = &mut compiler.tables.snapshot.flag_stabilities;
    if stabilities.iter().all(|stability| *stability == 0) {
        stabilities.clear();
    }
    compiler.tables.snapshot
}

struct Compiler<'a> {
    tables: Tables,
    definition: Names<'a>,
    /// The rows of the segments that were compiled.
    segments: BTreeMap<&'a str, u32>,
    /// The list whose elements are asked about, while a condition on them is compiled.
    list: Option<u32>,
}

/// What a definition has, by name.
struct Names<'a> {
    segments: BTreeMap<&'a str, &'a Segment>,
    layers: BTreeMap<&'a str, &'a Layer>,
    holdouts: BTreeMap<&'a str, &'a Holdout>,
    flags: BTreeMap<&'a str, (u32, &'a Flag)>,
    units_are_hashed: bool,
}

impl<'a> Names<'a> {
    fn new(definition: &'a Definition, flags: &[&'a (String, Item<Flag>)]) -> Self {
        fn named<T>(items: &[(String, Item<T>)]) -> BTreeMap<&str, &T> {
            items
                .iter()
                .map(|(name, item)| (name.as_str(), &item.content))
                .collect()
        }
        Self {
            segments: named(&definition.segments),
            layers: named(&definition.layers),
            holdouts: named(&definition.holdouts),
            flags: (0..)
                .zip(flags)
                .map(|(at, (key, flag))| (key.as_str(), (at, &flag.content)))
                .collect(),
            units_are_hashed: definition.unit_salt.is_some(),
        }
    }
}

/// Counts rows. A definition of 25 MB has far fewer than 2³² of anything.
#[allow(clippy::cast_possible_truncation)]
const fn row(count: usize) -> u32 {
    count as u32
}

impl Compiler<'_> {
    fn document(&mut self, definition: &Definition) {
        let environment = self.tables.text(&definition.environment);
        let salt = definition.unit_salt.as_ref();
        let salt = salt.map_or(0, |salt| self.tables.text(salt) + 1);
        // The two halves of 64 bits.
        #[allow(clippy::cast_possible_truncation)]
        let halves = [(definition.revision >> 32) as u32, definition.revision as u32];
        let snapshot = &mut self.tables.snapshot;
        snapshot.environments.push(environment);
        snapshot.revisions_high.push(halves[0]);
        snapshot.revisions_low.push(halves[1]);
        snapshot.unit_salts.push(salt);
    }

    /// Notes which flags the last one depends on, and how far it stands over them.
    fn depend(&mut self, (before, rank): (&[u32], u32)) {
        let snapshot = &mut self.tables.snapshot;
        snapshot.flag_dependencies.push(row(before.len()));
        snapshot.dependencies.extend_from_slice(before);
        snapshot.flag_ranks.push(rank);
    }
}

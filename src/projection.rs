//! What one audience of readers may see of a definition.

use crate::definition::{Definition, Flag, Reveal, Segment};
use crate::digest::digest;

/// Whom a snapshot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projection {
    /// The worker's isolates, which evaluate every flag.
    Edge,
    /// Clients, which may evaluate the flags marked `rule` and learn nothing of the others.
    Client,
}

impl Projection {
    /// Returns the projection of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "edge" => Some(Self::Edge),
            "client" => Some(Self::Client),
            _ => None,
        }
    }

    /// Returns what is left of a definition.
    ///
    /// Segments that no flag asks for, and what people wrote for people, are left behind by the compiler.
    #[must_use]
    pub fn of(self, definition: &Definition) -> Definition {
        let mut projected = definition.clone();
        if self == Self::Client {
            projected
                .flags
                .retain(|(_, flag)| flag.content.reveal == Reveal::Rule);
            hash_units(&mut projected);
        }
        projected
    }
}

/// Puts digests in place of the units that stand in lists. The salt is another for each publication.
fn hash_units(definition: &mut Definition) {
    let salt = format!("{}@{}", definition.environment, definition.revision);
    for (_, segment) in &mut definition.segments {
        let Segment { include, exclude, .. } = &mut segment.content;
        include
            .iter_mut()
            .chain(exclude)
            .for_each(|unit| hash(unit, &salt));
    }
    for (_, flag) in &mut definition.flags {
        let Flag { overrides, .. } = &mut flag.content;
        let units = overrides.iter_mut().flat_map(|(_, units)| units);
        units.for_each(|unit| hash(unit, &salt));
    }
    definition.unit_salt = Some(salt);
}

fn hash(unit: &mut String, salt: &str) {
    let digest = digest(salt, unit.as_bytes());
    *unit = digest.into_iter().map(char::from).collect();
}

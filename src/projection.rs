//! What one audience of readers may see of a definition.

use crate::definition::{Definition, Reveal};

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

    /// Returns what is left of a definition. Segments that no flag asks for are left behind by the compiler.
    #[must_use]
    pub fn of(self, definition: &Definition) -> Definition {
        let mut projected = definition.clone();
        if self == Self::Client {
            let is_revealed = |reveal| reveal == Reveal::Rule;
            projected
                .flags
                .retain(|(_, flag)| is_revealed(flag.content.reveal));
        }
        projected
    }
}

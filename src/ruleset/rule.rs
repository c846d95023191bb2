//! Rules, and what they give.

use crate::bucket::Seed;
use crate::id::{NodeId, Span, TextId, VariantId};

/// One step of how a flag chooses.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id.
    pub id: TextId,
    /// Where its audience begins.
    pub audience: NodeId,
    /// Where the audience begins that a stage admits without a draw.
    pub stages: NodeId,
    pub(crate) window: u32,
    /// How much of its audience it admits.
    pub traffic: Option<Traffic>,
    /// What those get whom it admits.
    pub choice: Choice,
}

/// When a rule holds, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// From this instant on.
    pub from: f64,
    /// Before this instant.
    pub until: f64,
}

impl Window {
    /// Before and after everything.
    pub const ALWAYS: Self = Self {
        from: f64::NEG_INFINITY,
        until: f64::INFINITY,
    };
}

/// A share of the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The seed of the draw.
    pub seed: Seed,
    /// How large it is, in scaled percent.
    pub percent: u32,
}

/// What a rule gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One variant.
    Serve(VariantId),
    /// A variant by the unit's point.
    Split {
        /// The seed of the draw.
        seed: Seed,
        /// The slices, which cover all points.
        slices: Span,
    },
}

/// One interval of a split: from behind the slice before it to its own last point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// What units in it get.
    pub variant: VariantId,
    /// The last point that belongs to it.
    pub last: u32,
}

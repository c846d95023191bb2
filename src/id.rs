//! Indices into the tables of a ruleset, one type a table, so that none is taken for another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Returns the position in its table.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A string of the snapshot.
    TextId,
    /// An attribute path that the snapshot reads.
    AttributeId,
    /// A condition on one attribute, or on a segment.
    TestId,
    /// Where an attribute stands among those of the context, or of an element of the same list.
    Slot,
    /// A regular expression, as an automaton.
    AutomatonId,
    /// A step of an audience.
    NodeId,
    /// A segment.
    SegmentId,
    /// A flag.
    FlagId,
    /// A variant, counted within its flag.
    VariantId,
    /// A rule, counted within its flag.
    RuleId,
}

/// A run of consecutive rows of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first row.
    pub start: u32,
    /// How many rows.
    pub length: u32,
}

impl Span {
    /// Returns the rows without the first few.
    #[must_use]
    pub const fn skip(self, rows: u32) -> Self {
        Self {
            start: self.start.saturating_add(rows),
            length: self.length.saturating_sub(rows),
        }
    }

    /// Returns the rows, or none where the table is shorter than the span says.
    #[must_use]
    pub fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table
            .get(start..start.saturating_add(self.length as usize))
            .unwrap_or(&[])
    }
}

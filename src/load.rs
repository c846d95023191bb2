//! Snapshot to ruleset: every offset and index is checked here, once, so that evaluation cannot fail.
//!
//! What is wrong is noted, and told at the end: until then it reads as zero, and nothing is built that is larger than the
//! bytes it came from.

mod audience;
mod automata;
mod flag;
mod rule;

use crate::error::Error;
use crate::id::{AttributeId, NodeId, Slot, Span, TextId};
use crate::operand::{Operands, Texts};
use crate::ruleset::{AttributePath, Node, Ruleset, Variant};
use crate::snapshot::Columns;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// How deep segments may stand in segments.
pub const MAX_DEPTH: u8 = 32;
/// How deep lists may stand in lists.
pub const MAX_LISTS: u8 = 4;

/// The need that no reader can meet: the compiler refused the flag.
pub const NEEDS_NOTHING_KNOWN: u32 = 1;

impl Ruleset {
    /// Loads a snapshot from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no snapshot, are of a newer format, were cut short or changed, or contradict themselves.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        let mut loader = Loader {
            columns: Columns::read(bytes)?,
            faults: Faults::default(),
            ruleset: Self::default(),
            children: Vec::new(),
            reaches: vec![Reach::default(); Node::FIRST as usize],
            ranks: Vec::new(),
            salt: String::new(),
        };
        loader.read();
        loader.columns.finish()?;
        match loader.faults.0 {
            None => Ok(loader.ruleset),
            Some(section) => Err(Error::malformed(section)),
        }
    }
}

/// Keeps where something was wrong first.
#[derive(Default)]
struct Faults(Option<&'static str>);

impl Faults {
    #[inline(never)]
    /// Notes a fault, unless what was expected is true.
    fn expect(&mut self, expected: bool, section: &'static str) {
        if !expected {
            self.0.get_or_insert(section);
        }
    }

    /// Returns the index, or zero where the table is shorter.
    fn checked(&mut self, id: u32, count: usize, section: &'static str) -> u32 {
        let is_there = (id as usize) < count;
        self.expect(is_there, section);
        if is_there { id } else { 0 }
    }

    #[inline(never)]
    /// Lays a run of so many rows behind those before it, in a table that has to be long enough.
    fn run(&mut self, given: &mut u32, length: u32, table: usize, section: &'static str) -> Span {
        let start = *given;
        // A table has no more rows than the snapshot has bytes.
        #[allow(clippy::cast_possible_truncation)]
        let left = (table as u32).saturating_sub(start);
        self.expect(length <= left, section);
        let length = length.min(left);
        *given = start + length;
        Span { start, length }
    }
}

/// What a node asks, and all that it leads to.
#[derive(Clone, Copy, Default)]
struct Reach {
    /// How deep segments stand in it.
    depth: u8,
    /// How deep lists do.
    lists: u8,
    /// True when a newer version wrote a part of it.
    is_unknown: bool,
    /// True when the instant is asked for.
    is_timed: bool,
}

impl Reach {
    fn join(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            lists: self.lists.max(other.lists),
            is_unknown: self.is_unknown || other.is_unknown,
            is_timed: self.is_timed || other.is_timed,
        }
    }
}

struct Loader<'a> {
    columns: Columns<'a>,
    faults: Faults,
    /// What has been read so far.
    ruleset: Ruleset,
    /// How many attributes are read of the context, and then of the elements of each attribute.
    children: Vec<u32>,
    /// What each node reaches.
    reaches: Vec<Reach>,
    /// The rank of each flag, where some depend on others.
    ranks: Vec<u32>,
    /// Room for the salt of a draw.
    salt: String,
}

impl Loader<'_> {
    /// Reads all, each part behind those that it refers to.
    fn read(&mut self) {
        self.operands();
        self.document();
        self.attributes();
        self.segments();
        self.tests();
        self.nodes();
        self.check_entries();
        self.variants();
        self.overrides();
        self.flags();
        self.dependencies();
    }

    /// Reads what tests compare with.
    fn operands(&mut self) {
        let columns = &mut self.columns;
        let texts = Texts::new(columns.text, &mut columns.text_lengths);
        self.faults.expect(texts.is_some(), "strings");
        self.ruleset.operands = Operands {
            texts: texts.unwrap_or_default(),
            numbers: columns.numbers().collect(),
            words: columns.words().rest(),
            automata: automata::automata(columns, &mut self.faults),
            unit_salt: None,
        };
    }

    fn document(&mut self) {
        let row = self.columns.document();
        self.ruleset.environment = self.text(row.environments, "document");
        self.ruleset.revision = u64::from(row.revisions_high) << 32 | u64::from(row.revisions_low);
        let salt = row.unit_salts.checked_sub(1);
        self.ruleset.operands.unit_salt = salt.map(|salt| self.text(salt, "document"));
    }

    #[inline(never)]
    fn text(&mut self, id: u32, section: &'static str) -> TextId {
        TextId(
            self.faults
                .checked(id, self.ruleset.operands.texts.count(), section),
        )
    }

    #[inline(never)]
    /// Returns what a node reaches; one that has not been read yet is higher, and so a fault.
    fn reach(&mut self, node: NodeId, section: &'static str) -> Reach {
        let reach = self.reaches.get(node.index()).copied();
        self.faults.expect(reach.is_some(), section);
        reach.unwrap_or_default()
    }

    /// Reads the attributes, and counts for each those of the same parent before it.
    fn attributes(&mut self) {
        let count = self.columns.attribute_paths().len();
        self.ruleset.attributes.reserve_exact(count);
        self.children = vec![0; count + 1];
        for at in 0..count {
            let row = self.columns.attribute();
            // A list comes before what is read of its elements.
            let parent = self.faults.checked(row.attribute_parents, at + 1, "attributes");
            let path = self.text(row.attribute_paths, "attributes");
            if let Some(siblings) = self.children.get_mut(parent as usize) {
                self.ruleset.attributes.push(AttributePath {
                    path,
                    parent: parent.checked_sub(1).map(AttributeId),
                    slot: Slot(*siblings),
                });
                *siblings += 1;
            }
        }
    }

    fn variants(&mut self) {
        let count = self.columns.variant_names().len();
        self.ruleset.variants.reserve_exact(count);
        for _ in 0..count {
            let row = self.columns.variant();
            let variant = Variant {
                name: self.text(row.variant_names, "variants"),
                value: self.text(row.variant_values, "variants"),
            };
            self.ruleset.variants.push(variant);
        }
    }

    /// Reads which flags have to be evaluated before others. Ranks rise, so that there is no circle.
    fn dependencies(&mut self) {
        self.ruleset.dependencies = self.columns.dependencies().rest();
        let Ruleset {
            flags, dependencies, ..
        } = &self.ruleset;
        for (flag, rank) in flags.iter().zip(&self.ranks) {
            for before in self.ruleset.extra(flag).dependencies.of(dependencies) {
                let is_before = self
                    .ranks
                    .get(*before as usize)
                    .is_some_and(|before| before < rank);
                self.faults.expect(is_before, "dependencies");
            }
        }
    }
}

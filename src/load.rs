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
use crate::ruleset::{AttributePath, Extra, Flag, Node, Rule, Ruleset, Slice, Test, Variant, Window};
use crate::snapshot::Columns;
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
        let mut columns = Columns::read(bytes)?;
        let mut faults = Faults::default();
        let operands = operands(&mut columns, &mut faults)?;
        let loader = Loader {
            columns,
            faults,
            operands,
            attributes: Vec::new(),
            children: Vec::new(),
            tests: Vec::new(),
            nodes: vec![Node::default(); Node::FIRST as usize],
            reaches: vec![Reach::default(); Node::FIRST as usize],
            rules: Vec::new(),
            windows: vec![Window::ALWAYS],
            slices: Vec::new(),
            extras: vec![Extra::NONE],
            ranks: Vec::new(),
        };
        loader.ruleset()
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
    operands: Operands,
    attributes: Vec<AttributePath>,
    /// How many attributes are read of the context, and then of the elements of each attribute.
    children: Vec<u32>,
    tests: Vec<Test>,
    nodes: Vec<Node>,
    reaches: Vec<Reach>,
    rules: Vec<Rule>,
    windows: Vec<Window>,
    slices: Vec<Slice>,
    extras: Vec<Extra>,
    /// The rank of each flag, where some depend on others.
    ranks: Vec<u32>,
}

impl Loader<'_> {
    fn ruleset(mut self) -> Result<Ruleset, Error> {
        let document = self.columns.document();
        let environment = self.text(document.environments, "document");
        let salt = document.unit_salts.checked_sub(1);
        self.operands.unit_salt = salt.map(|salt| self.text(salt, "document"));
        self.attributes();
        let segments = self.segments();
        self.tests(&segments);
        self.nodes();
        self.check_entries(&segments);
        let variants = self.variants();
        let overrides = self.overrides();
        let flags = self.flags(variants.len(), &overrides);
        let dependencies = self.dependencies(&flags);
        if let Some(section) = self.faults.0 {
            return Err(Error::malformed(section));
        }
        self.columns.finish()?;
        Ok(Ruleset {
            environment,
            revision: u64::from(document.revisions_high) << 32 | u64::from(document.revisions_low),
            is_timed: flags.iter().any(|flag| flag.is_timed),
            operands: self.operands,
            attributes: self.attributes,
            tests: self.tests,
            nodes: self.nodes,
            segments,
            flags,
            extras: self.extras,
            variants,
            overrides,
            dependencies,
            rules: self.rules,
            windows: self.windows,
            slices: self.slices,
        })
    }

    #[inline(never)]
    fn text(&mut self, id: u32, section: &'static str) -> TextId {
        TextId(self.faults.checked(id, self.operands.texts.count(), section))
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
        self.attributes.reserve_exact(count);
        self.children = vec![0; count + 1];
        for at in 0..count {
            let row = self.columns.attribute();
            // A list comes before what is read of its elements.
            let parent = self.faults.checked(row.attribute_parents, at + 1, "attributes");
            let path = self.text(row.attribute_paths, "attributes");
            if let Some(siblings) = self.children.get_mut(parent as usize) {
                self.attributes.push(AttributePath {
                    path,
                    parent: parent.checked_sub(1).map(AttributeId),
                    slot: Slot(*siblings),
                });
                *siblings += 1;
            }
        }
    }

    fn variants(&mut self) -> Vec<Variant> {
        let count = self.columns.variant_names().len();
        let mut variants = Vec::with_capacity(count);
        for _ in 0..count {
            let row = self.columns.variant();
            variants.push(Variant {
                name: self.text(row.variant_names, "variants"),
                value: self.text(row.variant_values, "variants"),
            });
        }
        variants
    }

    /// Reads which flags have to be evaluated before others. Ranks rise, so that there is no circle.
    fn dependencies(&mut self, flags: &[Flag]) -> Vec<u32> {
        let dependencies = self.columns.dependencies().rest();
        for (flag, rank) in flags.iter().zip(&self.ranks) {
            let extra = self.extras.get(flag.extra as usize).unwrap_or(&Extra::NONE);
            for before in extra.dependencies.of(&dependencies) {
                let is_before = self
                    .ranks
                    .get(*before as usize)
                    .is_some_and(|before| before < rank);
                self.faults.expect(is_before, "dependencies");
            }
        }
        dependencies
    }
}

/// Reads what tests compare with.
fn operands(columns: &mut Columns<'_>, faults: &mut Faults) -> Result<Operands, Error> {
    let texts = Texts::new(columns.text, &mut columns.text_lengths).ok_or(Error::malformed("strings"))?;
    Ok(Operands {
        texts,
        numbers: columns.numbers().collect(),
        words: columns.words().rest(),
        automata: automata::automata(columns, faults),
        unit_salt: None,
    })
}

//! What evaluation reads: flat tables, every index of which was checked when they were made.

use crate::bucket::Seed;
use crate::id::{AttributeId, FlagId, NodeId, RuleId, Span, TestId, TextId, VariantId};
use crate::operand::Operands;
use crate::operator::Operator;
use crate::trace::{Outcome, Reason};
use alloc::boxed::Box;

/// A loaded snapshot.
#[derive(Clone, Debug)]
pub struct Ruleset {
    pub(crate) environment: TextId,
    pub(crate) revision: u64,
    pub(crate) operands: Operands,
    pub(crate) attributes: Box<[TextId]>,
    pub(crate) tests: Box<[Test]>,
    pub(crate) nodes: Box<[Node]>,
    pub(crate) segments: Box<[Segment]>,
    pub(crate) flags: Box<[Flag]>,
    pub(crate) variants: Box<[Variant]>,
    pub(crate) overrides: Box<[Override]>,
    pub(crate) rules: Box<[Rule]>,
    pub(crate) slices: Box<[Slice]>,
}

/// A condition on one attribute, or on a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The attribute asked; of no meaning for a segment.
    pub attribute: AttributeId,
    /// What is asked of it.
    pub operator: Operator,
}

/// A step of an audience: where to go next, which is always to a lower node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What is asked.
    pub test: TestId,
    /// Where to go when it holds.
    pub yes: NodeId,
    /// Where to go when it does not.
    pub no: NodeId,
}

impl Node {
    /// The end where the audience does not admit the context.
    pub const DECLINE: NodeId = NodeId(0);
    /// The end where it does.
    pub const ADMIT: NodeId = NodeId(1);
    /// The first node that asks something.
    pub const FIRST: u32 = 2;
}

/// A named audience.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Its name.
    pub name: TextId,
    /// Where its audience begins.
    pub entry: NodeId,
}

/// The type of a flag's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A string.
    String,
    /// A number.
    Number,
    /// An object or a list.
    Object,
}

impl Kind {
    /// All types, at the position of their codes.
    pub const ALL: [Self; 4] = [Self::Boolean, Self::String, Self::Number, Self::Object];
}

/// Whether a flag's rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They are.
    On,
    /// They are not; overrides still hold.
    Off,
    /// Nothing holds.
    Killed,
}

impl State {
    /// All states, at the position of their codes.
    pub const ALL: [Self; 3] = [Self::On, Self::Off, Self::Killed];
}

/// A decision point.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its key.
    pub key: TextId,
    /// The type of its values.
    pub kind: Kind,
    /// Whether its rules are asked.
    pub state: State,
    /// True when this reader cannot understand it, or the compiler could not.
    pub refused: bool,
    /// The attribute that is bucketed.
    pub unit: AttributeId,
    /// What it gives when off or killed.
    pub safe: VariantId,
    /// What it gives when no rule decides.
    pub otherwise: VariantId,
    /// Its variants.
    pub variants: Span,
    /// Its overrides, in the order of the units' bytes.
    pub overrides: Span,
    /// Its rules, in the order in which they are asked.
    pub rules: Span,
}

impl Flag {
    /// Returns the outcome that holds for every context and at every time, where there is one.
    #[must_use]
    pub fn settled(&self) -> Option<Outcome> {
        if self.refused {
            return Some(Outcome::plain(VariantId(0), Reason::Error));
        }
        let disabled = Outcome::plain(self.safe, Reason::Disabled);
        match self.state {
            State::Killed => Some(disabled),
            _ if self.overrides.length > 0 => None,
            State::Off => Some(disabled),
            State::On if self.rules.length == 0 => Some(Outcome::plain(self.otherwise, Reason::Static)),
            State::On => None,
        }
    }
}

/// A named value.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name.
    pub name: TextId,
    /// The value, as JSON text.
    pub value: TextId,
}

/// A unit that gets a variant whatever the rules say.
#[derive(Clone, Copy, Debug)]
pub struct Override {
    /// The unit.
    pub unit: TextId,
    /// The variant.
    pub variant: VariantId,
}

/// One step of how a flag chooses.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id.
    pub id: TextId,
    /// The instant from which it holds, in milliseconds since 1970.
    pub from: f64,
    /// The instant until which it holds.
    pub until: f64,
    /// Where its audience begins.
    pub audience: NodeId,
    /// How much of its audience it admits.
    pub traffic: Option<Traffic>,
    /// What those get whom it admits.
    pub choice: Choice,
}

/// A share of the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The seed of the draw.
    pub seed: Seed,
    /// A unit is admitted when its point is under it.
    pub bound: u64,
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

/// One interval of a split: from the end of the slice before it to its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// What units in it get.
    pub variant: VariantId,
    /// The first point after it.
    pub end: u64,
}

impl Ruleset {
    /// Returns the name of the environment.
    #[must_use]
    pub fn environment(&self) -> &str {
        self.text(self.environment)
    }

    /// Returns the revision.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns a string.
    #[must_use]
    pub fn text(&self, id: TextId) -> &str {
        self.operands.texts.get(id)
    }

    /// Returns what tests compare with.
    #[must_use]
    pub const fn operands(&self) -> &Operands {
        &self.operands
    }

    /// Returns the paths of the attributes that the rules read, at the positions of their ids.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|path| self.text(*path))
    }

    /// Returns the segments.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the flags, in the order of their keys' bytes.
    #[must_use]
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// Returns the flag of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<FlagId> {
        let at = self
            .flags
            .binary_search_by(|flag| self.text(flag.key).cmp(key))
            .ok()?;
        u32::try_from(at).ok().map(FlagId)
    }

    /// Returns a flag.
    #[must_use]
    pub fn flag(&self, flag: FlagId) -> Option<&Flag> {
        self.flags.get(flag.index())
    }

    /// Returns the variants of a flag.
    #[must_use]
    pub fn variants(&self, flag: &Flag) -> &[Variant] {
        flag.variants.of(&self.variants)
    }

    /// Returns the rules of a flag.
    #[must_use]
    pub fn rules(&self, flag: &Flag) -> &[Rule] {
        flag.rules.of(&self.rules)
    }

    /// Returns whether a rule of the flag holds at some times only.
    #[must_use]
    pub fn is_timed(&self, flag: &Flag) -> bool {
        self.rules(flag)
            .iter()
            .any(|rule| rule.from > f64::NEG_INFINITY || rule.until < f64::INFINITY)
    }

    /// Returns the slices of all rules.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// Returns a rule of a flag.
    #[must_use]
    pub fn rule(&self, flag: &Flag, rule: RuleId) -> Option<&Rule> {
        self.rules(flag).get(rule.index())
    }
}

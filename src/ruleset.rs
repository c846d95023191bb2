//! What evaluation reads: flat tables, every index of which was checked when they were made.

mod flag;
mod rule;

use crate::id::{AttributeId, FlagId, NodeId, RuleId, Slot, TestId, TextId, VariantId};
use crate::operand::Operands;
use crate::operator::Operator;
use crate::trace::{Arm, Outcome, Reason};
use alloc::vec::Vec;
pub use flag::{Extra, Flag, Kind, Override, Stability, State, Variant};
pub use rule::{Choice, Rule, Slice, Traffic, Window};

/// A loaded snapshot.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    pub(crate) environment: TextId,
    pub(crate) revision: u64,
    /// True when some answer depends on the instant.
    pub(crate) is_timed: bool,
    pub(crate) operands: Operands,
    pub(crate) attributes: Vec<AttributePath>,
    pub(crate) tests: Vec<Test>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) flags: Vec<Flag>,
    /// What few flags have; the first is what a flag has that has none of it.
    pub(crate) extras: Vec<Extra>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) overrides: Vec<Override>,
    /// Flags, by their ids.
    pub(crate) dependencies: Vec<u32>,
    pub(crate) rules: Vec<Rule>,
    /// When rules hold; the first is always.
    pub(crate) windows: Vec<Window>,
    pub(crate) slices: Vec<Slice>,
}

/// What is read of a context, or of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributePath {
    /// Its path; empty for an element itself.
    pub path: TextId,
    /// The list whose elements it is read from; nothing for the context.
    pub parent: Option<AttributeId>,
    /// Where it stands among those of the same parent.
    pub slot: Slot,
}

/// A condition on one attribute, on a segment, or on another flag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The attribute asked; nothing for the instant of the evaluation, and where none is asked.
    pub attribute: Option<AttributeId>,
    /// Where it stands.
    pub slot: Slot,
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

    /// Returns the attributes that the rules read, at the positions of their ids.
    #[must_use]
    pub fn attributes(&self) -> &[AttributePath] {
        &self.attributes
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

    /// Returns what a flag has that few have.
    #[must_use]
    pub fn extra(&self, flag: &Flag) -> Extra {
        self.extras
            .get(flag.extra as usize)
            .copied()
            .unwrap_or(Extra::NONE)
    }

    /// Returns the variants of a flag.
    #[must_use]
    pub fn variants(&self, flag: &Flag) -> &[Variant] {
        flag.variant_span().of(&self.variants)
    }

    /// Returns the rules of a flag.
    #[must_use]
    pub fn rules(&self, flag: &Flag) -> &[Rule] {
        flag.rule_span().of(&self.rules)
    }

    /// Returns a rule of a flag.
    #[must_use]
    pub fn rule(&self, flag: &Flag, rule: RuleId) -> Option<&Rule> {
        self.rules(flag).get(rule.index())
    }

    /// Returns when a rule holds.
    #[must_use]
    pub fn window(&self, rule: &Rule) -> Option<Window> {
        let is_always = rule.window == 0;
        self.windows
            .get(rule.window as usize)
            .copied()
            .filter(|_| !is_always)
    }

    /// Returns the slices of all rules.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// Returns whether what a flag gives depends on the instant.
    #[must_use]
    pub fn is_timed(&self, flag: &Flag) -> bool {
        let depends = self.extra(flag).dependencies.length > 0;
        flag.is_timed || (depends && self.is_timed)
    }

    /// Returns the outcome that a flag has for every context and at every time, where there is one.
    #[must_use]
    pub fn settled(&self, flag: &Flag) -> Option<Outcome> {
        if flag.is_refused {
            return Some(Outcome::plain(VariantId(0), Reason::Error));
        }
        let extra = self.extra(flag);
        let arm = extra.ramp.map_or(Arm::None, |_| Arm::Outside);
        let given = |variant, reason| {
            Some(Outcome {
                arm,
                ..Outcome::plain(variant, reason)
            })
        };
        match flag.state {
            State::Killed => given(flag.safe(), Reason::Disabled),
            _ if extra.overrides.length > 0 => None,
            State::Off => given(flag.safe(), Reason::Disabled),
            State::On if flag.rules == 0 && flag.extra == 0 => given(flag.otherwise(), Reason::Static),
            State::On => None,
        }
    }
}

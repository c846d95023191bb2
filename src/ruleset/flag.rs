//! Flags, and what they may give.

use crate::id::{NodeId, RuleId, Slot, Span, TextId, VariantId};

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

/// How long a client that has a visitor keeps a value that it read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stability {
    /// As long as the page lives.
    #[default]
    Page,
    /// Not at all.
    Live,
    /// As long as the visitor's session.
    Session,
}

impl Stability {
    /// All stabilities, at the position of their codes.
    pub const ALL: [Self; 3] = [Self::Page, Self::Live, Self::Session];

    /// Returns its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Live => "live",
            Self::Session => "session",
        }
    }
}

/// A decision point.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its key.
    pub key: TextId,
    /// The attribute that is bucketed.
    pub unit: Slot,
    pub(crate) first_variant: u32,
    pub(crate) first_rule: u32,
    pub(crate) extra: u32,
    pub(crate) variants: u16,
    pub(crate) safe: u16,
    pub(crate) otherwise: u16,
    pub(crate) rules: u8,
    /// The type of its values.
    pub kind: Kind,
    /// Whether its rules are asked.
    pub state: State,
    /// How long clients keep a value that they read.
    pub stability: Stability,
    /// True when this reader cannot understand it, or the compiler could not.
    pub is_refused: bool,
    /// True when nothing but its rules decides.
    pub(crate) is_plain: bool,
    /// True when one of its own rules depends on the instant.
    pub(crate) is_timed: bool,
}

/// What few flags have.
#[derive(Clone, Copy, Debug)]
pub struct Extra {
    /// The overrides, in the order of the units' bytes.
    pub overrides: Span,
    /// The flags that have to be evaluated before.
    pub dependencies: Span,
    /// Where the audience begins that admits whoever has what is required.
    pub requirements: Option<NodeId>,
    /// Where the audience begins that admits whom the holdout keeps out.
    pub holdout: Option<NodeId>,
    /// The attribute with an earlier assignment.
    pub sticky: Option<Slot>,
    /// The rule that the ramp raises.
    pub ramp: Option<RuleId>,
}

impl Extra {
    /// What a flag has that has nothing but rules.
    pub const NONE: Self = Self {
        overrides: Span { start: 0, length: 0 },
        dependencies: Span { start: 0, length: 0 },
        requirements: None,
        holdout: None,
        sticky: None,
        ramp: None,
    };
}

impl Flag {
    /// Returns what it gives when off or killed.
    #[must_use]
    pub fn safe(&self) -> VariantId {
        VariantId(self.safe.into())
    }

    /// Returns what it gives when no rule decides.
    #[must_use]
    pub fn otherwise(&self) -> VariantId {
        VariantId(self.otherwise.into())
    }

    pub(crate) const fn variant_span(&self) -> Span {
        Span {
            start: self.first_variant,
            length: self.variants as u32,
        }
    }

    pub(super) const fn rule_span(&self) -> Span {
        Span {
            start: self.first_rule,
            length: self.rules as u32,
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

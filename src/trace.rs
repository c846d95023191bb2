//! What an evaluation gives, and what it tells of the way there.

use crate::id::{FlagId, RuleId, TestId, VariantId};
use alloc::vec::Vec;

/// Why an outcome is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The flag has no rules.
    Static = 0,
    /// No rule decided.
    Default = 1,
    /// A rule serves this variant, or the unit is overridden.
    TargetingMatch = 2,
    /// The unit's point lies in this variant's slice.
    Split = 3,
    /// The host gave an earlier assignment.
    Cached = 4,
    /// The flag is off or killed.
    Disabled = 5,
    /// This reader cannot understand the flag.
    Error = 6,
}

impl Reason {
    /// All reasons, at the position of their codes.
    pub const ALL: [Self; 7] = [
        Self::Static,
        Self::Default,
        Self::TargetingMatch,
        Self::Split,
        Self::Cached,
        Self::Disabled,
        Self::Error,
    ];

    /// Returns the name that `OpenFeature` gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::Default => "DEFAULT",
            Self::TargetingMatch => "TARGETING_MATCH",
            Self::Split => "SPLIT",
            Self::Cached => "CACHED",
            Self::Disabled => "DISABLED",
            Self::Error => "ERROR",
        }
    }
}

/// The answer for one flag and one context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The variant; of no meaning with [`Reason::Error`].
    pub variant: VariantId,
    /// Why it was given.
    pub reason: Reason,
    /// The rule that decided, where one did.
    pub rule: Option<RuleId>,
    /// On which side of the flag's ramp the unit stands.
    pub arm: Arm,
    /// Whether the host should keep the assignment: the flag is sticky, and the variant was drawn.
    pub keep: bool,
}

/// On which side of a ramp a unit stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arm {
    /// The flag has no ramp.
    #[default]
    None = 0,
    /// The ramp's rule held, and its draw admitted the unit.
    Treated = 1,
    /// The ramp's rule held, and its draw did not admit the unit.
    Control = 2,
    /// Nothing was drawn.
    Outside = 3,
}

impl Arm {
    /// Returns the name in answers; the empty one where there is no ramp.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Treated => "treated",
            Self::Control => "control",
            Self::Outside => "outside",
        }
    }
}

impl Outcome {
    /// Returns the outcome in one word: the variant in 16 bits, the rule plus one in 8, the reason in 3, the arm in 2,
    /// and whether to keep it in one.
    #[must_use]
    pub const fn pack(self) -> u32 {
        let rule = match self.rule {
            Some(rule) => rule.0 + 1,
            None => 0,
        };
        self.variant.0
            | rule << 16
            | (self.reason as u32) << 24
            | (self.arm as u32) << 27
            | (self.keep as u32) << 29
    }

    /// Returns an outcome that no rule decided.
    #[must_use]
    pub const fn plain(variant: VariantId, reason: Reason) -> Self {
        Self {
            variant,
            reason,
            rule: None,
            arm: Arm::None,
            keep: false,
        }
    }
}

/// An outcome in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(pub u32);

impl Packed {
    /// Returns whether there is no answer.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 >> 24 & 7 == Reason::Error as u32
    }

    /// Returns the variant.
    #[must_use]
    pub const fn variant(self) -> VariantId {
        VariantId(self.0 & 0xffff)
    }
}

/// Why a rule did not decide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Miss {
    /// It holds from a later instant, in milliseconds since 1970.
    NotYet(f64),
    /// It held until an earlier instant.
    Over(f64),
    /// The audience did not admit the context.
    Audience,
    /// The unit is absent, and there is a draw to make.
    UnitAbsent,
    /// The unit's point is not under the bound of the traffic.
    Traffic,
}

/// Something that happened on the way to an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A flag is evaluated: the one that was asked for comes last, after those that it depends on.
    Flag(FlagId),
    /// It is asked whether other flags give what this one requires.
    Requirements,
    /// It is asked whether a holdout keeps the unit out.
    Holdout,
    /// The context brings an assignment, which is valid or not.
    Assignment(bool),
    /// A rule is asked.
    Rule(RuleId),
    /// The rule's audience admits the context, and it is asked whether a stage's segment does.
    Stages,
    /// A test was put, to the context or to the element whose row begins there, and held or did not.
    Test(TestId, u32, bool),
    /// The unit was drawn for traffic: its point, and the scaled percent that it has to be under.
    Traffic(u32, u32),
    /// The unit was drawn for a variant.
    Split(u32),
    /// The rule does not decide.
    Declined(Miss),
}

/// Hears what happens. The unit type hears nothing, at no cost.
pub trait Trace {
    /// Takes note of an event.
    fn note(&mut self, event: Event);
}

impl Trace for () {
    fn note(&mut self, _: Event) {}
}

impl Trace for Vec<Event> {
    fn note(&mut self, event: Event) {
        self.push(event);
    }
}

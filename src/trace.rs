//! What an evaluation gives, and what it tells of the way there.

use crate::id::{RuleId, TestId, VariantId};
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
}

impl Outcome {
    /// Returns the outcome in one word: the variant in 16 bits, the rule plus one in 8, and the reason.
    #[must_use]
    pub const fn pack(self) -> u32 {
        let rule = match self.rule {
            Some(rule) => rule.0 + 1,
            None => 0,
        };
        self.variant.0 | rule << 16 | (self.reason as u32) << 24
    }

    /// Returns an outcome that no rule decided.
    #[must_use]
    pub const fn plain(variant: VariantId, reason: Reason) -> Self {
        Self {
            variant,
            reason,
            rule: None,
        }
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
    /// A rule is asked.
    Rule(RuleId),
    /// A test was put to the context.
    Test(TestId, bool),
    /// The unit was drawn for traffic: its point, and the bound that it has to be under.
    Traffic(u32, u64),
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

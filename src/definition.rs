//! A definition as people write it, format 1, after its shape was read.

use crate::json::Json;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
use crate::operator::version::Relation;
use crate::ruleset::{Kind, State};

/// The format that this version reads.
pub const FORMAT: u64 = 1;

/// The attribute that is bucketed where a flag or a segment names none.
pub const DEFAULT_UNIT: &str = "userId";

/// Named things, in the order in which they were written.
pub type Named<T> = Vec<(String, T)>;

/// All flags of one environment.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// The environment's name.
    pub environment: String,
    /// The number of this publication; zero before the first.
    pub revision: u64,
    /// The reusable audiences.
    pub segments: Named<Item<Segment>>,
    /// The decision points.
    pub flags: Named<Item<Flag>>,
}

/// A part of a definition that stands or falls alone.
#[derive(Clone, Debug)]
pub struct Item<T> {
    /// What was read of it.
    pub content: T,
    /// True when it has an issue, so that it must not be used.
    pub refused: bool,
}

/// A named, reusable audience.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// The attribute that `include` and `exclude` look at.
    pub unit: String,
    /// Units that belong to it whatever else holds.
    pub include: Vec<String>,
    /// Units that do not.
    pub exclude: Vec<String>,
    /// Who else belongs to it; nobody where it is absent.
    pub audience: Option<Condition>,
}

/// A decision point.
#[derive(Clone, Debug)]
pub struct Flag {
    /// The type of its values.
    pub kind: Kind,
    /// Who may see it.
    pub reveal: Reveal,
    /// The attribute that is bucketed.
    pub unit: String,
    /// The values it may give.
    pub variants: Named<Json>,
    /// What it gives when off or killed.
    pub safe: String,
    /// What it gives when no rule decides.
    pub otherwise: String,
    /// Whether its rules are asked.
    pub state: State,
    /// For each variant, the units that get it whatever the rules say.
    pub overrides: Named<Vec<String>>,
    /// How it chooses.
    pub rules: Vec<Rule>,
}

impl Default for Flag {
    fn default() -> Self {
        Self {
            kind: Kind::Object,
            reveal: Reveal::None,
            unit: DEFAULT_UNIT.to_owned(),
            variants: Vec::new(),
            safe: String::new(),
            otherwise: String::new(),
            state: State::On,
            overrides: Vec::new(),
            rules: Vec::new(),
        }
    }
}

/// Who may see a flag beyond the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// Clients may evaluate it.
    Rule,
    /// Clients may ask for the answer.
    Value,
    /// Nobody.
    None,
}

/// One step of how a flag chooses.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Whom it concerns; everybody where it is absent.
    pub audience: Option<Condition>,
    /// The instant from which it holds, in milliseconds since 1970.
    pub from: Option<f64>,
    /// The instant until which it holds.
    pub until: Option<f64>,
    /// How much of its audience it admits, in scaled percent.
    pub traffic: Option<u32>,
    /// What it gives.
    pub choice: Choice,
    /// What its draws are salted with; the flag's key where it is absent.
    pub salt: Option<String>,
}

/// What a rule gives.
#[derive(Clone, Debug)]
pub enum Choice {
    /// One variant.
    Serve(String),
    /// Variants by scaled weight.
    Split(Vec<(String, u32)>),
}

/// A condition on a context.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Each of them holds.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The subject is in the segment.
    Segment(String),
    /// An attribute is as asked.
    Test {
        /// The path of the attribute.
        attribute: String,
        /// What is asked.
        check: Check,
    },
}

/// What is asked of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// It is there.
    Exists,
    /// It is this boolean.
    Is(bool),
    /// It is one of these strings.
    TextIn {
        /// The strings.
        members: Vec<String>,
        /// Whether the case of letters counts.
        letters: Letters,
    },
    /// It is one of these numbers.
    NumberIn(Vec<f64>),
    /// It compares so with a number.
    Compare(Comparison, f64),
    /// It is neither under the first nor over the second.
    Between(f64, f64),
    /// A part of it is one of these strings.
    Part {
        /// Which part.
        part: Part,
        /// The strings.
        any_of: Vec<String>,
        /// Whether the case of letters counts.
        letters: Letters,
    },
    /// It is a version in a range.
    Semver(Range),
}

/// A range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// As it was written.
    pub source: String,
    /// Alternatives, each a conjunction of comparisons.
    pub alternatives: Vec<Vec<Bound>>,
}

/// A comparison with one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// How it has to compare.
    pub relation: Relation,
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    /// What stands after the hyphen; empty for a release.
    pub pre: String,
}

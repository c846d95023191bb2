//! A definition as people write it, format 1, after its shape was read.

mod condition;

use crate::json::Json;
use crate::ruleset::{Kind, Stability, State};
pub use condition::{Bound, Check, Condition, Network, Range, Span};

/// The format that this version reads.
pub const FORMAT: u64 = 1;

/// The attribute that is bucketed where a flag or a segment names none.
pub const DEFAULT_UNIT: &str = "userId";

/// The path that stands for the instant of the evaluation instead of an attribute.
pub const NOW: &str = "$now";

/// Named things, in the order in which they were written.
pub type Named<T> = Vec<(String, T)>;

/// All flags of one environment.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// The environment's name.
    pub environment: String,
    /// The number of this publication; zero before the first.
    pub revision: u64,
    /// What units in lists were salted with before they were hashed; nothing where they stand as they were written.
    pub unit_salt: Option<String>,
    /// The reusable audiences.
    pub segments: Named<Item<Segment>>,
    /// The spaces in which experiments exclude each other.
    pub layers: Named<Item<Layer>>,
    /// The shares of units that are kept out.
    pub holdouts: Named<Item<Holdout>>,
    /// What is measured.
    pub metrics: Named<Item<Metric>>,
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

/// A space of points of which rules take ranges; ranges that do not overlap exclude each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// The attribute that is bucketed.
    pub unit: String,
    /// What the draw is salted with.
    pub salt: String,
}

/// A share of units that gets the safe variant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdout {
    /// The attribute that is bucketed.
    pub unit: String,
    /// What the draw is salted with.
    pub salt: String,
    /// How large it is, in scaled percent.
    pub percent: u32,
}

/// A measured event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// What its values are.
    pub kind: MetricKind,
    /// In which direction it gets worse.
    pub worse: Worse,
}

/// What the values of a metric are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Something happened.
    Occurrence,
    /// Something took so many milliseconds.
    Duration,
    /// Something was so much.
    Amount,
}

/// In which direction a metric gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// More of it is worse.
    More,
    /// Less of it is worse.
    Less,
}

/// A decision point.
#[derive(Clone, Debug)]
pub struct Flag {
    /// What people read about it.
    pub labels: Labels,
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
    /// How long clients keep a value that they read.
    pub stability: Stability,
    /// For each variant, the units that get it whatever the rules say.
    pub overrides: Named<Vec<String>>,
    /// The flags that must give one of these variants, or else this one gives its safe variant.
    pub requires: Named<Vec<String>>,
    /// The holdout whose units get the safe variant.
    pub holdout: Option<String>,
    /// Whether units keep the variant that they drew first, as far as the host remembers it.
    pub sticky: bool,
    /// How it chooses.
    pub rules: Vec<Rule>,
    /// Its planned rise.
    pub ramp: Option<Ramp>,
}

/// What people read about a flag; evaluation does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner: String,
    /// Words to find it by.
    pub tags: Vec<String>,
}

impl Default for Flag {
    fn default() -> Self {
        Self {
            labels: Labels::default(),
            kind: Kind::Object,
            reveal: Reveal::None,
            unit: DEFAULT_UNIT.to_owned(),
            variants: Vec::new(),
            safe: String::new(),
            otherwise: String::new(),
            state: State::On,
            stability: Stability::default(),
            overrides: Vec::new(),
            requires: Vec::new(),
            holdout: None,
            sticky: false,
            rules: Vec::new(),
            ramp: None,
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
    /// The part of a layer in which it holds.
    pub layer: Option<LayerRange>,
    /// How much of its audience it admits, in scaled percent. A ramp says it for its rule.
    pub traffic: Option<u32>,
    /// What it gives.
    pub choice: Choice,
    /// What its draws are salted with; the flag's key where it is absent.
    pub salt: Option<String>,
}

/// A part of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRange {
    /// The layer.
    pub name: String,
    /// Where it begins and ends, in scaled percent; the end does not belong to it.
    pub range: [u32; 2],
}

/// The planned rise of a flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    /// The id of the rule that rises.
    pub rule: String,
    /// Who may advance it.
    pub mode: Mode,
    /// Its steps.
    pub stages: Vec<Stage>,
    /// The step that it is at, counted from zero; nothing before the first, when the rule admits nobody.
    pub stage: Option<usize>,
    /// The instant since which it is there, in milliseconds since 1970.
    pub since: Option<f64>,
    /// The metrics that must not get worse.
    pub guardrails: Vec<String>,
    /// The metrics that should get better.
    pub goals: Vec<String>,
    /// What is done when it harms.
    pub on_harm: OnHarm,
}

/// Who may advance a ramp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The controller.
    Automatic,
    /// A person, whom the controller tells.
    Advise,
    /// A person.
    Manual,
}

/// What is done when a ramp harms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnHarm {
    /// The flag is killed.
    Kill,
    /// It goes back by one stage.
    Back,
    /// It stays where it is.
    Hold,
}

/// One step of a ramp.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it is called; empty where nobody said.
    pub name: String,
    /// Whom it adds.
    pub adds: Adds,
    /// How long it lasts at least, in milliseconds.
    pub bake: f64,
}

/// Whom a stage adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adds {
    /// Everybody in a segment.
    Segment(String),
    /// A share of the units, in scaled percent.
    Percent(u32),
}

/// What a rule gives.
#[derive(Clone, Debug)]
pub enum Choice {
    /// One variant.
    Serve(String),
    /// Variants by scaled weight.
    Split(Vec<(String, u32)>),
}

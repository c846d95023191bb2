//! Random definitions that validate without an issue, and contexts that come close to what they ask.

mod condition;
mod context;
mod flag;
mod pools;

use std::collections::{BTreeMap, VecDeque};

use fader::json::Json;
use serde_json::Number;

/// The instant about which everything happens.
pub(crate) const NOW: f64 = 1_795_000_000_000.0;

/// What a definition may have beyond the plainest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Requires,
    FlagConditions,
    Layers,
    Holdouts,
    Sticky,
    Ramps,
    Regex,
    Time,
    Now,
    Cidr,
    Lists,
    Modulo,
    Percent,
}

/// What the evaluator knows by now.
pub(crate) const FEATURES: &[Feature] = &[
    Feature::Requires,
    Feature::FlagConditions,
    Feature::Layers,
    Feature::Holdouts,
    Feature::Sticky,
    Feature::Ramps,
    Feature::Regex,
    Feature::Time,
    Feature::Now,
    Feature::Cidr,
    Feature::Lists,
    Feature::Modulo,
    Feature::Percent,
];

pub(crate) fn has(feature: Feature) -> bool {
    FEATURES.contains(&feature)
}

/// Numbers that look random, the same on every platform: from bytes, and when they are used up by xorshift64*.
pub(crate) struct Random {
    bytes: VecDeque<u8>,
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // A state of zero would stay one.
        let state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self {
            bytes: VecDeque::new(),
            state,
        }
    }

    /// What a fuzzer wants: each byte decides something.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.iter().copied().collect(),
            ..Self::new(1)
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        if let Some(byte) = self.bytes.pop_front() {
            return u64::from(byte);
        }
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        let wide = if end > 256 {
            self.next() << 16 ^ self.next() << 8
        } else {
            0
        };
        usize::try_from((wide ^ self.next()) % end as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A few of them, each once, in their order.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let count = 1 + self.below(most.min(from.len()));
        let mut left: Vec<T> = from.to_vec();
        while left.len() > count {
            left.remove(self.below(left.len()));
        }
        left
    }
}

/// One definition in the making.
pub(crate) struct Generator {
    random: Random,
    /// For each path, the values that operands make interesting.
    hits: BTreeMap<String, Vec<Json>>,
    segments: Vec<String>,
    /// The flags so far: key, variants, and whether clients may evaluate it.
    flags: Vec<(String, Vec<String>, bool)>,
    layers: Vec<String>,
    holdouts: Vec<String>,
    /// Whether the flag in the making may only stand on flags that clients may evaluate.
    is_revealed: bool,
}

impl Generator {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            random,
            hits: BTreeMap::new(),
            segments: Vec::new(),
            flags: Vec::new(),
            layers: Vec::new(),
            holdouts: Vec::new(),
            is_revealed: false,
        }
    }

    /// Makes a definition.
    pub(crate) fn definition(&mut self) -> Json {
        let mut members = vec![
            ("format".to_owned(), whole(1)),
            ("environment".to_owned(), word("test")),
        ];
        let mut segments = self.some_named(4, "s", Self::segment);
        if has(Feature::Layers) {
            let layers = self.some_named(2, "l", Self::layer);
            self.layers = names(&layers);
            members.push(("layers".to_owned(), Json::Object(layers)));
        }
        if has(Feature::Holdouts) {
            let holdouts = self.some_named(2, "h", Self::holdout);
            self.holdouts = names(&holdouts);
            members.push(("holdouts".to_owned(), Json::Object(holdouts)));
        }
        let mut flags = self.some_named(6, "f", Self::flag);
        if has(Feature::FlagConditions) {
            // Segments may ask for flags that do not ask for them; these are for all flags.
            self.is_revealed = true;
            segments.extend(self.some_named(2, "t", Self::segment));
            flags.extend(self.some_named(3, "g", Self::flag));
        }
        // What is asked for may stand behind what asks for it.
        if self.random.chance(50) {
            segments.reverse();
            flags.reverse();
        }
        members.push(("segments".to_owned(), Json::Object(segments)));
        members.push(("flags".to_owned(), Json::Object(flags)));
        Json::Object(members)
    }

    fn some_named(
        &mut self,
        most: usize,
        prefix: &str,
        make: impl Fn(&mut Self, &str) -> Json,
    ) -> Vec<(String, Json)> {
        let count = 1 + self.random.below(most);
        let named = (0..count).map(|at| {
            let name = format!("{prefix}{at}");
            let value = make(self, &name);
            (name, value)
        });
        named.collect()
    }

    fn segment(&mut self, name: &str) -> Json {
        let mut members = Vec::new();
        self.maybe_unit(&mut members);
        let units = pools::units();
        let (include, exclude) = units.split_at(self.random.below(units.len()));
        for (list, units) in [("include", include), ("exclude", exclude)] {
            if !units.is_empty() && self.random.chance(40) {
                let some = self.random.some(units, 3);
                members.push((list.to_owned(), Json::List(some)));
            }
        }
        let includes = members.iter().any(|(name, _)| name == "include");
        if !includes || self.random.chance(70) {
            let condition = self.condition(2);
            members.push(("where".to_owned(), condition));
        }
        self.segments.push(name.to_owned());
        Json::Object(members)
    }

    fn layer(&mut self, _: &str) -> Json {
        let mut members = Vec::new();
        self.maybe_unit(&mut members);
        self.maybe_salt(&mut members);
        Json::Object(members)
    }

    fn holdout(&mut self, _: &str) -> Json {
        let mut members = Vec::new();
        self.maybe_unit(&mut members);
        self.maybe_salt(&mut members);
        let percent = self.percent();
        members.push(("percent".to_owned(), percent));
        Json::Object(members)
    }

    fn maybe_unit(&mut self, members: &mut Vec<(String, Json)>) {
        if self.random.chance(30) {
            members.push(("unit".to_owned(), word(self.random.pick(&pools::UNITS))));
        }
    }

    fn maybe_salt(&mut self, members: &mut Vec<(String, Json)>) {
        if self.random.chance(40) {
            members.push((
                "salt".to_owned(),
                word(self.random.pick(&["a", "b", "x/y", "2026"])),
            ));
        }
    }

    /// A percentage with up to five decimals.
    fn percent(&mut self) -> Json {
        match self.random.below(6) {
            0 => whole(0),
            1 => whole(100),
            2 => whole(50),
            3 => whole(self.random.below(101)),
            _ => scaled(self.random.below(10_000_001)),
        }
    }

    /// A part of all points: two percentages of which the second is larger.
    fn range(&mut self) -> Json {
        let low = self.random.below(10_000_000);
        let high = low + 1 + self.random.below(10_000_000 - low);
        match self.random.below(3) {
            0 => Json::List(vec![whole(0), whole(50)]),
            1 => Json::List(vec![whole(50), whole(100)]),
            _ => Json::List(vec![scaled(low), scaled(high)]),
        }
    }
}

fn names(named: &[(String, Json)]) -> Vec<String> {
    named.iter().map(|(name, _)| name.clone()).collect()
}

fn word(text: impl AsRef<str>) -> Json {
    Json::Text(text.as_ref().to_owned())
}

fn words(texts: &[String]) -> Json {
    Json::List(texts.iter().map(word).collect())
}

fn whole(number: usize) -> Json {
    Json::Number(number.into())
}

fn real(number: f64) -> Json {
    Json::Number(Number::from_f64(number).unwrap())
}

/// A number that was multiplied by 100,000.
fn scaled(number: usize) -> Json {
    let text = format!("{}.{:05}", number / 100_000, number % 100_000);
    real(text.parse().unwrap())
}

fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(
        members
            .into_iter()
            .map(|(name, json)| (name.to_owned(), json))
            .collect(),
    )
}

//! Which flags have to be evaluated before others.

use std::collections::{BTreeMap, BTreeSet};

use super::row;
use crate::definition::{Check, Condition, Definition, Flag, Item};

type Set = BTreeSet<u32>;

/// For each flag those that it asks for, and how far it stands over them.
pub(super) struct Dependencies {
    of: Vec<Vec<u32>>,
    ranks: Vec<u32>,
}

impl Dependencies {
    /// Finds out for flags in the order of their rows.
    pub(super) fn new(definition: &Definition, flags: &[&(String, Item<Flag>)]) -> Self {
        let rows: BTreeMap<&str, u32> = flags.iter().map(|(key, _)| key.as_str()).zip(0..).collect();
        let mut finder = Finder {
            rows: &rows,
            segments: BTreeMap::new(),
        };
        // Each segment stands behind those that it asks for.
        for (name, segment) in &definition.segments {
            let mut asked = Set::new();
            if let Some(condition) = &segment.content.audience {
                finder.condition(condition, &mut asked);
            }
            finder.segments.insert(name, asked);
        }
        let of: Vec<Vec<u32>> = flags
            .iter()
            .map(|(_, flag)| {
                if flag.refused {
                    Vec::new()
                } else {
                    finder.flag(&flag.content)
                }
            })
            .collect();
        let ranks = ranks(&of);
        Self { of, ranks }
    }

    pub(super) fn of(&self, flag: usize) -> (&[u32], u32) {
        (&self.of[flag], self.ranks[flag])
    }
}

struct Finder<'a> {
    rows: &'a BTreeMap<&'a str, u32>,
    segments: BTreeMap<&'a str, Set>,
}

impl Finder<'_> {
    fn flag(&self, flag: &Flag) -> Vec<u32> {
        let mut asked: Set = flag
            .requires
            .iter()
            .filter_map(|(key, _)| self.row(key))
            .collect();
        for rule in &flag.rules {
            if let Some(condition) = &rule.audience {
                self.condition(condition, &mut asked);
            }
        }
        let stages = flag.ramp.iter().flat_map(|ramp| &ramp.stages);
        for stage in stages {
            if let crate::definition::Adds::Segment(name) = &stage.adds {
                self.segment(name, &mut asked);
            }
        }
        asked.into_iter().collect()
    }

    fn row(&self, key: &str) -> Option<u32> {
        self.rows.get(key).copied()
    }

    fn segment(&self, name: &str, asked: &mut Set) {
        asked.extend(self.segments.get(name).into_iter().flatten());
    }

    /// The depth of conditions was bounded when they were read.
    fn condition(&self, condition: &Condition, asked: &mut Set) {
        match condition {
            Condition::All(inner) | Condition::Any(inner) => {
                for inner in inner {
                    self.condition(inner, asked);
                }
            }
            Condition::Not(inner) => self.condition(inner, asked),
            Condition::Segment(name) => self.segment(name, asked),
            Condition::Flag { key, .. } => asked.extend(self.row(key)),
            Condition::Test { check, .. } => {
                if let Check::Some(inner) = check {
                    self.condition(inner, asked);
                }
            }
        }
    }
}

/// Returns for each a number over those of all that it depends on, without recursion. Circles were refused.
fn ranks(of: &[Vec<u32>]) -> Vec<u32> {
    let mut waiting: Vec<usize> = of.iter().map(Vec::len).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); of.len()];
    for (flag, before) in of.iter().enumerate() {
        for before in before {
            after[*before as usize].push(flag);
        }
    }
    let mut ranks = vec![0; of.len()];
    let mut ready: Vec<usize> = (0..of.len()).filter(|flag| waiting[*flag] == 0).collect();
    while let Some(flag) = ready.pop() {
        for next in &after[flag] {
            ranks[*next] = ranks[*next].max(ranks[flag] + 1);
            waiting[*next] -= 1;
            if waiting[*next] == 0 {
                ready.push(*next);
            }
        }
    }
    debug_assert!(ranks.iter().all(|rank| *rank <= row(of.len())));
    ranks
}

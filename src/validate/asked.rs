//! What conditions and flags ask for.

use crate::definition::{Adds, Check, Condition, Flag, Segment};

/// The segments and flags that something asks for, as often as it does.
#[derive(Default)]
pub(super) struct Asked<'a> {
    pub(super) segments: Vec<&'a str>,
    /// Flags with the variants that are asked of them.
    pub(super) flags: Vec<(&'a str, &'a [String])>,
}

impl<'a> Asked<'a> {
    pub(super) fn by_condition(condition: &'a Condition) -> Self {
        let mut asked = Self::default();
        asked.add(condition);
        asked
    }

    pub(super) fn by_segment(segment: &'a Segment) -> Self {
        segment
            .audience
            .as_ref()
            .map_or_else(Self::default, Self::by_condition)
    }

    /// Returns what a flag asks for by requirements, by rules and by the stages of its ramp.
    pub(super) fn by_flag(flag: &'a Flag) -> Self {
        let mut asked = Self::default();
        for (key, variants) in &flag.requires {
            asked.flags.push((key, variants));
        }
        for condition in flag.rules.iter().filter_map(|rule| rule.audience.as_ref()) {
            asked.add(condition);
        }
        for stage in flag.ramp.iter().flat_map(|ramp| &ramp.stages) {
            if let Adds::Segment(name) = &stage.adds {
                asked.segments.push(name);
            }
        }
        asked
    }

    /// The depth of conditions was bounded when they were read.
    fn add(&mut self, condition: &'a Condition) {
        match condition {
            Condition::All(inner) | Condition::Any(inner) => {
                for condition in inner {
                    self.add(condition);
                }
            }
            Condition::Not(inner) => self.add(inner),
            Condition::Segment(name) => self.segments.push(name),
            Condition::Flag { key, variants } => self.flags.push((key, variants)),
            Condition::Test { check, .. } => {
                if let Check::Some(element) = check {
                    self.add(element);
                }
            }
        }
    }
}

//! Segments: what they ask of one another, without circles, and not too deep.

use std::collections::{BTreeMap, BTreeSet};

use super::did_you_mean;
use crate::definition::{Condition, Item, Named, Segment};
use crate::load::MAX_DEPTH;
use crate::read::Issues;
use crate::read::field::{Place, Step};

type Segments = Named<Item<Segment>>;

/// Returns the segment of a name.
pub(super) fn find<'a>(segments: &'a Segments, name: &str) -> Option<&'a Item<Segment>> {
    let mut named = segments.iter().filter(|(segment, _)| segment == name);
    named.next().map(|(_, segment)| segment)
}

/// Returns the segments that a condition asks for. Its depth was bounded when it was read.
pub(super) fn asked(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(asked).collect(),
        Condition::Not(inner) => asked(inner),
        Condition::Segment(name) => vec![name],
        Condition::Flag { .. } | Condition::Test { .. } => Vec::new(),
    }
}

/// Checks the segments, and puts each behind those that it asks for.
pub(super) fn check_segments(segments: &mut Segments, place: &Place<'_>, issues: &mut Issues) {
    let names: BTreeSet<String> = segments.iter().map(|(name, _)| name.clone()).collect();
    for (name, segment) in segments.iter_mut() {
        let place = place.at(Step::Name(name));
        let content = &segment.content;
        let ((), has_issues) = issues.watch(|issues| {
            check_names(content, &names, &place.at(Step::Name("where")), issues);
            check_lists(content, &place, issues);
            let is_empty = content.audience.is_none() && content.include.is_empty();
            // What could not be read has said so.
            if is_empty && !segment.refused {
                issues.add(
                    &place,
                    "nobody can be in this segment",
                    "add `where` or `include`",
                );
            }
        });
        segment.refused |= has_issues;
    }
    let unsorted = std::mem::take(segments);
    *segments = Sorter::default().sort(unsorted, place, issues);
}

fn check_names(segment: &Segment, names: &BTreeSet<String>, place: &Place<'_>, issues: &mut Issues) {
    for name in segment.audience.iter().flat_map(asked) {
        if !names.contains(name) {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            issues.add(
                place,
                format!("there is no segment `{name}`"),
                did_you_mean(name, &known),
            );
        }
    }
}

fn check_lists(segment: &Segment, place: &Place<'_>, issues: &mut Issues) {
    let included: BTreeSet<&String> = segment.include.iter().collect();
    for (at, unit) in segment.exclude.iter().enumerate() {
        if included.contains(unit) {
            issues.add(
                &place.at(Step::Name("exclude")).at(Step::Index(at)),
                format!("{unit:?} is included as well as excluded"),
                "remove it from one of the two lists",
            );
        }
    }
}

/// Sorts segments by what they ask for, in as many passes as they may be deep, and without recursion.
#[derive(Default)]
struct Sorter {
    sorted: Segments,
    /// How deep segments stand in each that was sorted; nothing where it is refused.
    depths: BTreeMap<String, Option<u32>>,
}

impl Sorter {
    fn sort(mut self, mut rest: Segments, place: &Place<'_>, issues: &mut Issues) -> Segments {
        for _ in 0..=u32::from(MAX_DEPTH) {
            rest = rest
                .into_iter()
                .filter_map(|(name, segment)| self.place(name, segment))
                .collect();
        }
        for (name, segment) in &mut rest {
            segment.refused = true;
            let place = place.at(Step::Name(name));
            issues.add(
                &place,
                format!("the segment asks for itself by way of others, or stands more than {MAX_DEPTH} deep"),
                "break the circle, or write some of the conditions out",
            );
        }
        self.sorted.append(&mut rest);
        self.sorted
    }

    /// Places a segment if all that it asks for were placed, or else returns it.
    fn place(&mut self, name: String, mut segment: Item<Segment>) -> Option<(String, Item<Segment>)> {
        let asked = segment.content.audience.iter().flat_map(asked);
        let depths: Option<Vec<Option<u32>>> = asked.map(|name| self.depths.get(name).copied()).collect();
        // What asks for a name that does not exist was refused already.
        let Some(depths) = depths.or_else(|| segment.refused.then(Vec::new)) else {
            return Some((name, segment));
        };
        let depth = depths
            .into_iter()
            .try_fold(0, |deepest: u32, depth| Some(deepest.max(depth? + 1)));
        if depth.is_some_and(|depth| depth > u32::from(MAX_DEPTH)) {
            return Some((name, segment));
        }
        // What stands on a refused segment is refused with it.
        segment.refused |= depth.is_none();
        self.depths
            .insert(name.clone(), depth.filter(|_| !segment.refused));
        self.sorted.push((name, segment));
        None
    }
}

//! Segments: what they ask of one another, without circles, and not too deep.

use std::collections::{BTreeMap, BTreeSet};

use super::asked::Asked;
use super::flag::check_condition;
use super::names::Names;
use crate::definition::{Definition, Item, Named, Segment};
use crate::load::MAX_DEPTH;
use crate::read::Issues;
use crate::read::place::{Place, Step};

type Segments = Named<Item<Segment>>;

/// Checks the segments, and puts each behind those that it asks for.
pub(super) fn check(definition: &mut Definition, place: &Place<'_>, issues: &mut Issues) {
    let names = Names::of(definition);
    let check = |(name, segment): &(String, Item<Segment>)| {
        let place = place.at(Step::Name(name));
        let ((), has_issues) = issues.watch(|issues| check_one(segment, &names, &place, issues));
        has_issues
    };
    let refusals: Vec<bool> = definition.segments.iter().map(check).collect();
    let mut unsorted = std::mem::take(&mut definition.segments);
    for ((_, segment), refused) in unsorted.iter_mut().zip(refusals) {
        segment.refused |= refused;
    }
    definition.segments = Sorter::default().sort(unsorted, place, issues);
}

fn check_one(segment: &Item<Segment>, names: &Names<'_>, place: &Place<'_>, issues: &mut Issues) {
    let content = &segment.content;
    if let Some(audience) = &content.audience {
        check_condition(audience, names, &place.at(Step::Name("where")), issues);
    }
    check_lists(content, place, issues);
    let is_empty = content.audience.is_none() && content.include.is_empty();
    // What could not be read has said so.
    if is_empty && !segment.refused {
        issues.add(place, "nobody can be in this segment", "add `where` or `include`");
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
        let asked = Asked::by_segment(&segment.content).segments.into_iter();
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

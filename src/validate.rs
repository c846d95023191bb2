//! A definition as a whole: what its parts say of one another.

mod asked;
mod circle;
mod flag;
mod names;
mod ramp;
mod reveal;
mod segment;

use crate::definition::Definition;
use crate::error::Issue;
use crate::read::place::{Place, Step};
use crate::read::{Issues, read};
use names::Names;

/// Reads a definition and checks it, and returns every issue.
///
/// Each part with an issue is refused alone, and with it the flags that cannot do without that part.
/// The definition is absent where the document is none at all; none of its segments then stands before one that it asks for.
#[must_use]
pub fn validate(text: &str) -> (Option<Definition>, Vec<Issue>) {
    let mut issues = Issues::default();
    let definition = read(text, &mut issues).map(|definition| check(definition, &mut issues));
    (definition, issues.0)
}

fn check(mut definition: Definition, issues: &mut Issues) -> Definition {
    let root = Place::root();
    segment::check(&mut definition, &root.at(Step::Name("segments")), issues);
    let refusals = check_flags(&definition, &root.at(Step::Name("flags")), issues);
    for ((_, flag), refused) in definition.flags.iter_mut().zip(refusals) {
        flag.refused |= refused;
    }
    definition
}

/// Checks the flags, and returns for each whether it must be refused.
fn check_flags(definition: &Definition, place: &Place<'_>, issues: &mut Issues) -> Vec<bool> {
    let names = Names::of(definition);
    let hidden = reveal::hidden(definition, &names);
    let circles = circle::circles(definition);
    let flags = definition.flags.iter().zip(circles);
    let check = |((key, flag), circle): (&(String, _), Option<String>)| {
        let place = place.at(Step::Name(key));
        let ((), has_issues) = issues.watch(|issues| {
            flag::check(flag, &names, &place, issues);
            reveal::check(&flag.content, &names, &hidden, &place, issues);
            if let Some(circle) = circle {
                issues.add(
                    &place,
                    format!("the flag asks for itself: {circle}"),
                    "remove one of the requirements or conditions on the way",
                );
            }
        });
        has_issues || flag::needs_refused(&flag.content, &names)
    };
    flags.map(check).collect()
}

//! What is different about segments, layers, holdouts and metrics.

use super::{Group, audience};
use crate::definition::{Holdout, Layer, Metric, MetricKind, Segment, Worse};
use crate::read::place::Step;
use crate::words;

pub(super) fn segment(group: &mut Group<'_>, old: &Segment, new: &Segment) {
    group.field("unit", &old.unit, &new.unit);
    group.members("include", "unit", &old.include, &new.include);
    group.members("exclude", "unit", &old.exclude, &new.exclude);
    // Without `where` nobody but the units that are included is in a segment.
    if let Some(change) = audience::changed([&old.audience, &new.audience], "nobody") {
        group.add(&[Step::Name("where")], change);
    }
}

pub(super) fn layer(group: &mut Group<'_>, old: &Layer, new: &Layer) {
    group.field("unit", &old.unit, &new.unit);
    group.field("salt", &old.salt, &new.salt);
}

pub(super) fn holdout(group: &mut Group<'_>, old: &Holdout, new: &Holdout) {
    group.field("unit", &old.unit, &new.unit);
    group.field("salt", &old.salt, &new.salt);
    group.field(
        "percent",
        words::percent(old.percent),
        words::percent(new.percent),
    );
}

// All parts are compared by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn metric(group: &mut Group<'_>, old: &Metric, new: &Metric) {
    group.field("kind", kind(old.kind), kind(new.kind));
    group.field("worse", worse(old.worse), worse(new.worse));
}

const fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Occurrence => "occurrence",
        MetricKind::Duration => "duration",
        MetricKind::Amount => "amount",
    }
}

const fn worse(worse: Worse) -> &'static str {
    match worse {
        Worse::More => "more",
        Worse::Less => "less",
    }
}

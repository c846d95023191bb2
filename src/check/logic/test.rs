//! What two checks of the same attribute say of each other.

mod interval;
mod text;

use std::collections::BTreeSet;

use crate::definition::{Check, Network};
use interval::interval;

/// Returns true when whatever passes `left` passes `right`.
pub(super) fn implies(left: &Check, right: &Check) -> bool {
    if let (Some(inner), Some(outer)) = (interval(left), interval(right)) {
        return inner.is_within(&outer);
    }
    match (left, right) {
        (Check::NumberIn(members), Check::NumberIn(others)) => is_subset(members, others),
        (Check::NumberIn(members), other) => interval(other)
            .is_some_and(|other| other.is_of_numbers && members.iter().all(|member| other.has(*member))),
        (
            Check::Weekday { days, offset },
            Check::Weekday {
                days: others,
                offset: other,
            },
        ) => offset == other && days & !others == 0,
        (Check::Hour { .. }, Check::Hour { .. }) => {
            hours(left, right).is_some_and(|(left, right)| left & !right == 0)
        }
        (Check::Cidr(inner), Check::Cidr(outer)) => inner
            .iter()
            .all(|inner| outer.iter().any(|outer| contains(*outer, *inner))),
        (Check::Size(low, high), Check::Size(lowest, highest)) => lowest <= low && high <= highest,
        (
            Check::Percent { salt, range },
            Check::Percent {
                salt: other,
                range: outer,
            },
        ) => salt == other && outer[0] <= range[0] && range[1] <= outer[1],
        (left, right) => text::implies(left, right),
    }
}

/// Returns true when nothing passes both.
pub(super) fn excludes(left: &Check, right: &Check) -> bool {
    if let (Some(left), Some(right)) = (domain(left), domain(right))
        && left != right
    {
        return true;
    }
    if let (Some(left), Some(right)) = (interval(left), interval(right)) {
        return left.is_apart(&right);
    }
    match (left, right) {
        (Check::Is(left), Check::Is(right)) => left != right,
        (Check::NumberIn(members), Check::NumberIn(others)) => is_disjoint(members, others),
        (Check::NumberIn(members), other) | (other, Check::NumberIn(members)) => interval(other)
            .is_some_and(|other| other.is_of_numbers && !members.iter().any(|member| other.has(*member))),
        (
            Check::Weekday { days, offset },
            Check::Weekday {
                days: others,
                offset: other,
            },
        ) => offset == other && days & others == 0,
        (Check::Hour { .. }, Check::Hour { .. }) => {
            hours(left, right).is_some_and(|(left, right)| left & right == 0)
        }
        (Check::Cidr(networks), Check::Cidr(others)) => !networks.iter().any(|network| {
            let meets = |other: &Network| contains(*network, *other) || contains(*other, *network);
            others.iter().any(meets)
        }),
        (Check::Size(low, high), Check::Size(lowest, highest)) => high < lowest || highest < low,
        (
            Check::Percent { salt, range },
            Check::Percent {
                salt: other,
                range: part,
            },
        ) => salt == other && (range[1] <= part[0] || part[1] <= range[0]),
        (left, right) => text::excludes(left, right),
    }
}

/// The type that an attribute must have.
#[derive(PartialEq)]
enum Domain {
    Boolean,
    Number,
    Text,
    List,
}

/// Returns the type of which an attribute must be, where there is only one.
const fn domain(check: &Check) -> Option<Domain> {
    match check {
        Check::Is(_) => Some(Domain::Boolean),
        Check::NumberIn(_) | Check::Compare(..) | Check::Between(..) => Some(Domain::Number),
        Check::TextIn { .. } | Check::Part { .. } => Some(Domain::Text),
        Check::Size(..) | Check::Some(_) => Some(Domain::List),
        _ => None,
    }
}

fn is_subset(members: &[f64], others: &[f64]) -> bool {
    // Most lists differ from the beginning, and then nothing needs to be sorted.
    let has_first = members.first().is_none_or(|first| others.contains(first));
    has_first && set(members).is_subset(&set(others))
}

fn is_disjoint(members: &[f64], others: &[f64]) -> bool {
    let has_first = members.first().is_some_and(|first| others.contains(first));
    !has_first && set(members).is_disjoint(&set(others))
}

/// Both zeros are one number.
fn set(numbers: &[f64]) -> BTreeSet<u64> {
    numbers.iter().map(|number| (number + 0.0).to_bits()).collect()
}

/// Returns the hours of both as bits, where they are counted alike.
fn hours(left: &Check, right: &Check) -> Option<(u32, u32)> {
    let (left, offset) = hours_of(left)?;
    let (right, other) = hours_of(right)?;
    (offset == other).then_some((left, right))
}

fn hours_of(check: &Check) -> Option<(u32, i32)> {
    let Check::Hour { from, until, offset } = check else {
        return None;
    };
    let belongs = |hour: &u8| {
        if from < until {
            from <= hour && hour < until
        } else {
            hour >= from || hour < until
        }
    };
    let bits = (0..24).filter(belongs).fold(0, |bits, hour| bits | 1 << hour);
    Some((bits, *offset))
}

/// Returns true when all addresses of `inner` are in `outer`.
fn contains(outer: Network, inner: Network) -> bool {
    let start = |address: u128| {
        let rest = 128_u32.saturating_sub(outer.prefix);
        address.checked_shr(rest).unwrap_or(0)
    };
    outer.prefix <= inner.prefix && start(outer.address) == start(inner.address)
}

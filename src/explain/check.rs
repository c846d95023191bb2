//! What an operator asks, as definitions have it.

use crate::definition::{Check, Network, Range, Span as Time};
use crate::id::{Span, TextId};
use crate::operand::Operands;
use crate::operator::Operator;
use crate::operator::network::NETWORK_WORDS;
use crate::operator::text::Letters;
use crate::operator::time::Window;

/// Returns what is asked of one attribute, or nothing for what asks for something else.
pub(super) fn of(operands: &Operands, operator: Operator) -> Option<Check> {
    let texts = |list: Span| operands.text_list(list).map(str::to_owned).collect();
    Some(match operator {
        Operator::Exists => Check::Exists,
        Operator::Is(boolean) => Check::Is(boolean),
        Operator::TextIn(letters, list) => Check::TextIn {
            members: texts(list),
            letters,
        },
        Operator::Unit { list, .. } => Check::TextIn {
            members: texts(list),
            letters: Letters::Exact,
        },
        Operator::NumberIn(list) => Check::NumberIn(operands.number_list(list).collect()),
        Operator::Compare(comparison, bound) => Check::Compare(comparison, bound),
        Operator::Between(low, high) => Check::Between(low, high),
        Operator::Part(part, letters, list) => Check::Part {
            part,
            any_of: texts(list),
            letters,
        },
        Operator::Semver(list) => Check::Semver(Range {
            source: written(operands, list),
            alternatives: Vec::new(),
        }),
        Operator::Matches(_, pattern) => Check::Matches {
            pattern: operands.texts.get(pattern).to_owned(),
            letters: Letters::Exact,
        },
        Operator::Cidr(list) => Check::Cidr(networks(operands, list)),
        Operator::Size(low, high) => Check::Size(low, high),
        Operator::Modulo(divisor, remainder) => Check::Modulo(divisor, remainder),
        Operator::Percent { salt, range, .. } => Check::Percent {
            salt: operands.texts.get(salt).to_owned(),
            range,
        },
        operator => return of_time(operator),
    })
}

fn of_time(operator: Operator) -> Option<Check> {
    // Days, hours and minutes of a day are small.
    #[allow(clippy::cast_possible_truncation)]
    Some(match operator {
        Operator::Instant(window) => Check::Instant(match window {
            Window::Before(end) => Time::Before(end),
            Window::After(start) => Time::After(start),
            Window::Within(start, end) => Time::Within(start, end),
            Window::Last(length) => Time::Last(length),
            Window::Next(length) => Time::Next(length),
        }),
        Operator::Weekday(days, offset) => Check::Weekday {
            days: days.to_le_bytes()[0],
            offset: offset.minutes() as i32,
        },
        Operator::Hour(from, until, offset) => Check::Hour {
            from: from.to_le_bytes()[0],
            until: until.to_le_bytes()[0],
            offset: offset.minutes() as i32,
        },
        _ => return None,
    })
}

/// Returns a range of versions as it was written: the first of its words.
fn written(operands: &Operands, list: Span) -> String {
    let first = list.of(&operands.words).first().copied();
    operands.texts.get(TextId(first.unwrap_or(u32::MAX))).to_owned()
}

fn networks(operands: &Operands, list: Span) -> Vec<Network> {
    let (networks, _) = list.of(&operands.words).as_chunks::<NETWORK_WORDS>();
    let network = |[a, b, c, d, prefix]: &[u32; NETWORK_WORDS]| Network {
        address: [a, b, c, d]
            .iter()
            .fold(0, |address, word| address << 32 | u128::from(**word)),
        prefix: *prefix,
    };
    networks.iter().map(network).collect()
}

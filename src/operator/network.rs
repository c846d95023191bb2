//! Conditions on IP addresses.
//!
//! A network is five words: its first address, the highest word first, and how many leading bits are the network's.
//! Addresses of version 4 are those to which version 6 maps them, `::ffff:a.b.c.d`.

use crate::digits;
use crate::id::Span;
use crate::operand::Operands;

/// How many words a network takes.
pub const NETWORK_WORDS: usize = 5;

const MAPPED: u128 = 0xffff << 32;

/// Returns whether `text` is an address in one of the networks.
#[must_use]
pub fn is_in(text: &[u8], list: Span, operands: &Operands) -> bool {
    let Some(address) = parse(text) else {
        return false;
    };
    let (networks, _) = list.of(&operands.words).as_chunks::<NETWORK_WORDS>();
    networks.iter().any(|[a, b, c, d, prefix]| {
        let network = [a, b, c, d]
            .iter()
            .fold(0, |address, word| address << 32 | u128::from(**word));
        // A prefix of nothing shifts all bits away.
        let differing = (address ^ network).checked_shr(128_u32.saturating_sub(*prefix));
        differing.unwrap_or(0) == 0
    })
}

/// Returns the address that `text` is, or nothing where it is none.
#[must_use]
pub fn parse(text: &[u8]) -> Option<u128> {
    if has(text, b':') {
        version_6(text)
    } else {
        version_4(text).map(|address| MAPPED | u128::from(address))
    }
}

/// An address is too short for the standard library's way of looking at many bytes at once, which every page would download.
#[allow(clippy::manual_contains)]
fn has(text: &[u8], wanted: u8) -> bool {
    text.iter().any(|byte| *byte == wanted)
}

fn version_4(text: &[u8]) -> Option<u64> {
    let mut parts = 0;
    let mut address = 0;
    for part in text.split(|byte| *byte == b'.') {
        // A leading zero is octal to some, and so is refused.
        if part.len() > 3 || (part.len() > 1 && part.starts_with(b"0")) {
            return None;
        }
        let number = digits::parse(part, 10)?;
        parts += 1;
        if number > 255 || parts > 4 {
            return None;
        }
        address = address << 8 | number;
    }
    (parts == 4).then_some(address)
}

/// Reads groups from the left, and where a gap stands moves those behind it to the right.
fn version_6(text: &[u8]) -> Option<u128> {
    let (before, behind) = match text.windows(2).position(|pair| pair == b"::") {
        Some(gap) => (text.get(..gap)?, Some(text.get(gap + 2..)?)),
        None => (text, None),
    };
    let (high, high_groups) = groups(before, behind.is_none())?;
    let Some(behind) = behind else {
        return (high_groups == 8).then_some(high);
    };
    let (low, low_groups) = groups(behind, true)?;
    // A gap stands for one group at least.
    if high_groups + low_groups > 7 {
        return None;
    }
    let shift = 16 * (8 - high_groups);
    Some(high.checked_shl(shift).unwrap_or(0) | low)
}

/// Returns the groups as one number, and how many they were; the last two may be written as version 4.
fn groups(text: &[u8], is_end: bool) -> Option<(u128, u32)> {
    let (mut address, mut count) = (0_u128, 0);
    if text.is_empty() {
        return Some((0, 0));
    }
    let mut parts = text.split(|byte| *byte == b':').peekable();
    while let Some(part) = parts.next() {
        let is_last = is_end && parts.peek().is_none();
        let (bits, value) = if is_last && has(part, b'.') {
            (32, version_4(part)?)
        } else if part.len() > 4 {
            return None;
        } else {
            (16, digits::parse(part, 16)?)
        };
        count += bits / 16;
        if count > 8 {
            return None;
        }
        address = address << bits | u128::from(value);
    }
    Some((address, count))
}

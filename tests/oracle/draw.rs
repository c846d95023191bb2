//! Points, percentages and slices, in whole numbers of 128 bits.

use std::io::Cursor;

use fader::json::Json;

use super::as_text;

const POINTS: u128 = 1 << 32;

/// Where a unit falls, by the crate `murmur3`.
pub(crate) fn point(salt: &str, unit: &str) -> u32 {
    let hash = |text: &str, seed| murmur3::murmur3_32(&mut Cursor::new(text.as_bytes()), seed).unwrap();
    hash(unit, hash(salt, 0))
}

/// A string, or an integer that a double holds exactly.
pub(super) fn unit_of(json: &Json) -> Option<String> {
    match json {
        Json::Text(text) => Some(text.clone()),
        Json::Number(number) => {
            let number = number.as_f64().unwrap();
            let is_exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
            // Zero has no sign as a unit.
            is_exact.then(|| format!("{}", number + 0.0))
        }
        _ => None,
    }
}

pub(super) fn admits(percent: &Json, point: u32) -> bool {
    u128::from(point) < bound(scaled(percent), 100 * 100_000)
}

/// Whether a point is in `[low, high]`, of which the end does not belong to it.
pub(super) fn in_range(range: &[Json], point: u32) -> bool {
    let at = |end: usize| bound(scaled(&range[end]), 100 * 100_000);
    at(0) <= u128::from(point) && u128::from(point) < at(1)
}

/// The variant whose slice has the point.
pub(super) fn choose(weights: &Json, point: u32) -> &str {
    let Json::Object(members) = weights else {
        panic!("{weights} has no weights");
    };
    let total = members.iter().map(|(_, weight)| scaled(weight)).sum();
    let mut so_far = 0;
    for (variant, weight) in members {
        so_far += scaled(weight);
        if u128::from(point) < bound(so_far, total) {
            return variant;
        }
    }
    panic!("{point} is in no slice of {weights}");
}

fn bound(part: u128, total: u128) -> u128 {
    part * POINTS / total
}

/// A decimal of at most five places, times 100,000, by its digits.
fn scaled(json: &Json) -> u128 {
    let Json::Number(number) = json else {
        panic!("{} is no number", as_text(json));
    };
    // Rust writes a double in decimal, without an exponent.
    let digits = format!("{}", number.as_f64().unwrap());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    assert!(fraction.len() <= 5, "{json} has more than five decimals");
    format!("{whole}{fraction:0<5}").parse().unwrap()
}

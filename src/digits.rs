//! Whole numbers, and the digits that write them.

/// Returns the number that digits of a radix up to sixteen write, or nothing where there is another letter, or none at all.
///
/// What is too large for 64 bits wraps, so callers bound how many digits there may be.
#[must_use]
pub fn parse(digits: &[u8], radix: u8) -> Option<u64> {
    let mut number = 0_u64;
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return None,
        };
        if value >= radix {
            return None;
        }
        number = number.wrapping_mul(radix.into()).wrapping_add(value.into());
    }
    (!digits.is_empty()).then_some(number)
}

/// Returns the whole number that this is, where a double holds all those around it.
#[must_use]
pub fn whole(number: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    // What is not finite is over the largest, or no number at all.
    if !(-LARGEST..=LARGEST).contains(&number) {
        return None;
    }
    // In range by the check above, so nothing is lost but a fraction.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let (whole, back) = (number as i64, number as i64 as f64);
    ((number - back).abs() <= 0.0).then_some(whole)
}

//! Numbers as digits.

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

//! Instants as RFC 3339 writes them.

use crate::digits::parse as parse_digits;

/// Returns the milliseconds since 1970 of an RFC 3339 date-time, or nothing where it is none.
///
/// A fraction beyond milliseconds is cut. A leap second counts as the first of the next minute.
#[must_use]
pub fn parse(text: &[u8]) -> Option<f64> {
    let stands = |at: usize, any_of: &[u8]| text.get(at).is_some_and(|byte| any_of.contains(byte));
    let is_shaped =
        stands(4, b"-") && stands(7, b"-") && stands(10, b"Tt ") && stands(13, b":") && stands(16, b":");
    if !is_shaped {
        return None;
    }
    let at = |from: usize, to: usize| number(text.get(from..to)?);
    let (year, month, day) = (at(0, 4)?, at(5, 7)?, at(8, 10)?);
    let (hour, minute, second) = (at(11, 13)?, at(14, 16)?, at(17, 19)?);
    let in_range = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 60;
    if !in_range {
        return None;
    }
    let (millisecond, zone) = fraction(text.get(19..)?)?;
    let minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute - offset(zone)?;
    let milliseconds = (minutes * 60 + second) * 1_000 + millisecond;
    // Four digits of years are far inside what a double holds exactly.
    #[allow(clippy::cast_precision_loss)]
    Some(milliseconds as f64)
}

/// Returns a number of so few digits that it is no question of room.
fn number(digits: &[u8]) -> Option<i64> {
    parse_digits(digits, 10).map(u64::cast_signed)
}

/// Returns the RFC 3339 date-time of milliseconds since 1970, to the second, or the number where there is none.
#[cfg(feature = "control")]
#[must_use]
pub fn format(milliseconds: f64) -> String {
    const LAST: f64 = 253_402_300_799_999.0;
    if !(0.0..=LAST).contains(&milliseconds) {
        return milliseconds.to_string();
    }
    // In range by the check above.
    #[allow(clippy::cast_possible_truncation)]
    let seconds = (milliseconds / 1_000.0).floor() as i64;
    let (mut day, second) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970 + day / 366;
    while days_since_1970(year + 1, 1, 1) <= day {
        year += 1;
    }
    day -= days_since_1970(year, 1, 1);
    let mut month = 1;
    while day >= days_in_month(year, month) {
        day -= days_in_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        day + 1
    )
}

/// Returns the milliseconds of a fraction of a second, and what stands behind it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.', rest @ ..] = rest else {
        return Some((0, rest));
    };
    let length = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let (fraction, zone) = rest.split_at_checked(length)?;
    let milliseconds = match fraction {
        [] => return None,
        [tenths] => number(&[*tenths, b'0', b'0']),
        [tenths, hundredths] => number(&[*tenths, *hundredths, b'0']),
        _ => number(fraction.get(..3)?),
    };
    Some((milliseconds?, zone))
}

/// Returns the minutes by which the zone is ahead.
#[must_use]
pub fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone {
        b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let [h1, h2, b':', m1, m2] = rest else {
        return None;
    };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    const DAYS_BEFORE_1970: i64 = 719_162;
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let in_year: i64 = (1..month).map(|month| days_in_month(year, month)).sum();
    before * 365 + leap_days + in_year + day - 1 - DAYS_BEFORE_1970
}

//! Lengths of time, such as `30d`.

/// The units, and how many milliseconds each has.
pub const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// The longest, in milliseconds: a hundred years.
const LONGEST: u64 = 36_525 * 86_400_000;

/// Returns the milliseconds of a whole number with its unit, or nothing where it is none.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let unit = text.find(|char: char| !char.is_ascii_digit())?;
    let (count, unit) = text.split_at(unit);
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: u64 = count.parse().ok()?;
    let length = count
        .checked_mul(*milliseconds)
        .filter(|length| *length <= LONGEST)?;
    // Far inside what a double holds exactly.
    #[allow(clippy::cast_precision_loss)]
    Some(length as f64)
}

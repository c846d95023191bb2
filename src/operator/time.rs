//! Conditions on instants.

use crate::context::Attribute;
use crate::instant::parse;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MINUTES_OF_A_DAY: i64 = 1_440;
/// The first of January 1970 was a Thursday, and the week begins on Monday.
const FIRST_DAY: i64 = 3;

/// A span of time. Instants are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Window {
    /// Before an instant.
    Before(f64),
    /// After an instant.
    After(f64),
    /// From the first instant, and before the second.
    Within(f64, f64),
    /// At most so long before the instant of the evaluation, and not after it.
    Last(f64),
    /// At most so long after the instant of the evaluation, and not before it.
    Next(f64),
}

impl Window {
    /// Returns whether an instant lies in it.
    #[must_use]
    pub fn holds(self, instant: f64, now: f64) -> bool {
        match self {
            Self::Before(end) => instant < end,
            Self::After(start) => instant > start,
            Self::Within(start, end) => start <= instant && instant < end,
            Self::Last(length) => now - length <= instant && instant <= now,
            Self::Next(length) => now <= instant && instant <= now + length,
        }
    }

    /// Returns whether it depends on the instant of the evaluation.
    #[must_use]
    pub const fn is_relative(self) -> bool {
        matches!(self, Self::Last(_) | Self::Next(_))
    }
}

/// How far east of Greenwich days and hours are counted, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(i64);

impl Offset {
    /// Reads an offset from its word: a day's minutes are added, so that none is negative.
    #[must_use]
    pub fn new(word: u32) -> Self {
        Self(i64::from(word) - MINUTES_OF_A_DAY)
    }

    /// Returns the word of an offset in minutes.
    #[cfg(feature = "control")]
    #[must_use]
    pub fn word(minutes: i32) -> u32 {
        u32::try_from(i64::from(minutes) + MINUTES_OF_A_DAY).unwrap_or(0)
    }

    /// Returns the minutes.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        self.0
    }

    fn local(self, instant: f64) -> i64 {
        // What is beyond any calendar saturates, and has a day and an hour like any other.
        #[allow(clippy::cast_possible_truncation)]
        let mut whole = instant as i64;
        // Before 1970 the first part of a millisecond belongs to the one before.
        #[allow(clippy::cast_precision_loss)]
        if whole as f64 > instant {
            whole = whole.saturating_sub(1);
        }
        whole.saturating_add(self.0 * MINUTE)
    }

    /// Returns whether an instant is on one of the days, given as a bit for each from Monday.
    #[must_use]
    pub fn is_on(self, instant: f64, days: u32) -> bool {
        let day = (self.local(instant).div_euclid(DAY) + FIRST_DAY).rem_euclid(7);
        days >> day & 1 == 1
    }

    /// Returns whether an instant is at the hours from `from` to before `until`, which may be those of a night.
    #[must_use]
    pub fn is_at(self, instant: f64, from: u32, until: u32) -> bool {
        let hour = self.local(instant).rem_euclid(DAY) / HOUR;
        let (from, until) = (i64::from(from), i64::from(until));
        if from < until {
            from <= hour && hour < until
        } else {
            from <= hour || hour < until
        }
    }
}

/// Returns the instant that an attribute is.
#[must_use]
pub fn instant(attribute: Attribute<'_>) -> Option<f64> {
    match attribute {
        Attribute::Number(instant) => Some(instant),
        Attribute::Text(text) => parse(text),
        _ => None,
    }
}

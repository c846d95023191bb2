//! Instants, days and hours.

use chrono::{DateTime, Datelike, TimeDelta, Timelike};
use fader::json::Json;

use super::{as_text, items};

/// Milliseconds since 1970, from a number or from RFC 3339.
pub(super) fn instant(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::Text(text) => {
            let parsed = DateTime::parse_from_rfc3339(text).ok()?;
            // Four digits of years are far inside what a double holds exactly.
            #[allow(clippy::cast_precision_loss)]
            Some(parsed.timestamp_millis() as f64)
        }
        _ => None,
    }
}

/// `500ms`, `90s`, `10m`, `12h` or `30d`, in milliseconds.
fn duration(text: &str) -> f64 {
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap());
    let milliseconds = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        other => panic!("{other} is no unit of time"),
    };
    number.parse::<f64>().unwrap() * milliseconds
}

/// Whether an instant is in the span that `within` says.
pub(super) fn within(at: f64, operand: &Json, now: f64) -> bool {
    if let Json::List(ends) = operand {
        let [from, until] = [&ends[0], &ends[1]].map(|end| instant(end).unwrap());
        return from <= at && at < until;
    }
    match (operand.get("last"), operand.get("next")) {
        (Some(last), None) => now - duration(as_text(last)) <= at && at <= now,
        (None, Some(next)) => now <= at && at <= now + duration(as_text(next)),
        _ => panic!("{operand} is no span"),
    }
}

/// Whether an instant is on one of the days.
pub(super) fn on_weekday(at: f64, operand: &Json) -> bool {
    let days = match operand {
        Json::List(days) => days,
        object => items(object, "days"),
    };
    let Some(there) = local(at, operand) else {
        return false;
    };
    let name = there.weekday().to_string().to_lowercase();
    days.iter().any(|day| as_text(day) == name)
}

/// Whether an instant is at these hours.
pub(super) fn at_hour(at: f64, operand: &Json) -> bool {
    let range = match operand {
        Json::List(range) => range,
        object => items(object, "range"),
    };
    let [from, until] = [&range[0], &range[1]].map(|hour| match hour {
        Json::Number(hour) => hour.as_f64().unwrap(),
        other => panic!("{other} is no hour"),
    });
    let Some(there) = local(at, operand) else {
        return false;
    };
    let hour = f64::from(there.hour());
    if from < until {
        from <= hour && hour < until
    } else {
        from <= hour || hour < until
    }
}

/// The time of day where the operand's offset is.
fn local(at: f64, operand: &Json) -> Option<DateTime<chrono::Utc>> {
    // What is outside the years that the crate knows is nothing.
    #[allow(clippy::cast_possible_truncation)]
    let utc = DateTime::from_timestamp_millis(at.floor() as i64)?;
    let offset = operand.get("offset").map_or("+00:00", as_text);
    let (hours, minutes) = offset[1..].split_once(':').unwrap();
    let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
    let east = if offset.starts_with('-') {
        -minutes
    } else {
        minutes
    };
    utc.checked_add_signed(TimeDelta::minutes(east))
}

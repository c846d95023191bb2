//! Shares and weights: decimals that are counted in whole numbers.

use super::Issues;
use super::place::{Place, Step};
use crate::bucket::WEIGHT_SCALE;
use crate::json::Json;

/// Returns a percentage, scaled. `what` is what it is a share of, for the issue.
pub fn percent(json: &Json, what: &str, place: &Place<'_>, issues: &mut Issues) -> Option<u32> {
    let percent = scaled(json).filter(|percent| *percent <= 100 * WEIGHT_SCALE);
    let percent = percent.and_then(|percent| u32::try_from(percent).ok());
    if percent.is_none() {
        issues.add(
            place,
            format!("{json} is no share of {what}"),
            "write a percentage from 0 to 100 with up to five decimals",
        );
    }
    percent
}

/// Returns a part of all points, in scaled percent.
pub fn range(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<[u32; 2]> {
    let ends = match json {
        Json::List(ends) => ends.as_slice(),
        _ => &[],
    };
    let [low, high] = ends else {
        issues.add(
            place,
            format!("{json} is no range"),
            "write where it begins and where it ends, in percent, such as [0, 50]",
        );
        return None;
    };
    let [low, high] = [(0, low), (1, high)].map(|(at, json)| {
        let place = place.at(Step::Index(at));
        percent(json, "all points", &place, issues)
    });
    let range = [low?, high?];
    if range[0] >= range[1] {
        issues.add(
            place,
            format!("nothing is in the range {json}"),
            "put the smaller number first; the end does not belong to it",
        );
        return None;
    }
    Some(range)
}

/// Returns a share or weight, scaled by 100,000: a decimal that is not negative and has up to five places.
#[must_use]
pub fn scaled(json: &Json) -> Option<u64> {
    let Json::Number(number) = json else {
        return None;
    };
    let text = number.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((&text, ""));
    let places = places.trim_end_matches('0');
    if places.len() > 5 || !places.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let places: u64 = format!("{places:0<5}").parse().ok()?;
    whole.checked_mul(WEIGHT_SCALE)?.checked_add(places)
}

//! Ranges of versions, written out as comparisons.
//!
//! A partial version stands for all that begin with it, as in npm.
//! An upper end that was not written in full excludes the pre-releases of the version that it names.

use crate::definition::{Bound, Range};
use crate::operator::version::{Relation, Version};

/// The lowest pre-release there is: nothing of a version comes before it.
const LOWEST: &str = "0";

/// Reads a range.
///
/// # Errors
///
/// The part that is no part of a range.
pub fn range(source: &str) -> Result<Range, String> {
    let alternatives: Result<Vec<_>, String> = source.split("||").map(alternative).collect();
    Ok(Range {
        source: source.to_owned(),
        alternatives: alternatives?,
    })
}

fn alternative(text: &str) -> Result<Vec<Bound>, String> {
    let mut bounds = Vec::new();
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(text.to_owned());
    }
    while !rest.is_empty() {
        let operator_end = rest
            .find(|char: char| !"^~<>=".contains(char))
            .ok_or(rest.to_owned())?;
        let (operator, after) = rest.split_at(operator_end);
        let after = after.trim_start();
        let end = after
            .find(|char: char| char == ',' || char.is_whitespace())
            .unwrap_or(after.len());
        let (version, after) = after.split_at(end);
        let part = || format!("{operator}{version}");
        let partial = Partial::parse(version).ok_or_else(part)?;
        bounds.extend(partial.bounds(operator).ok_or_else(part)?);
        rest = after.trim_start_matches(|char: char| char == ',' || char.is_whitespace());
    }
    Ok(bounds)
}

/// A version of which only the first numbers may be written.
struct Partial {
    numbers: [u64; 3],
    written: usize,
    pre: String,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let is_wild = |part: &str| matches!(part, "x" | "X" | "*");
        let parts: Vec<&str> = bare.split('.').collect();
        if let Some(written) = parts.iter().position(|part| is_wild(part)) {
            let rest_is_wild = parts.get(written..)?.iter().all(|part| is_wild(part));
            if !rest_is_wild || parts.len() > 3 {
                return None;
            }
            let kept = parts.get(..written)?.join(".");
            let numbers = if written == 0 {
                [0; 3]
            } else {
                Version::parse(kept.as_bytes())?.numbers
            };
            // Everything begins with nothing, pre-releases of the lowest version too.
            let pre = if written == 0 { LOWEST } else { "" };
            return Some(Self {
                numbers,
                written,
                pre: pre.to_owned(),
            });
        }
        let version = Version::parse(bare.as_bytes())?;
        let core = bare.split(['-', '+']).next()?;
        let written = core.split('.').count();
        // A pre-release or a build of a partial version means nothing.
        if written < 3 && core.len() < bare.len() {
            return None;
        }
        Some(Self {
            numbers: version.numbers,
            written,
            pre: String::from_utf8_lossy(version.pre).into_owned(),
        })
    }

    fn bounds(&self, operator: &str) -> Option<Vec<Bound>> {
        let from = || bound(Relation::From, self.numbers, &self.pre);
        // The first version after all those that begin with the numbers up to `at`.
        let before_next = |at: usize| {
            let next = self
                .next(at)
                .map(|numbers| bound(Relation::Before, numbers, LOWEST));
            next.into_iter()
        };
        let last = self.written.saturating_sub(1);
        let is_full = self.written == 3;
        Some(match operator {
            "" | "=" | "==" if is_full => vec![bound(Relation::Same, self.numbers, &self.pre)],
            "" | "=" | "==" => [from()].into_iter().chain(before_next(last)).collect(),
            "^" => [from()].into_iter().chain(before_next(self.caret())).collect(),
            "~" => [from()].into_iter().chain(before_next(last.min(1))).collect(),
            ">=" => vec![from()],
            "<" if is_full => vec![bound(Relation::Before, self.numbers, &self.pre)],
            "<" => vec![bound(Relation::Before, self.numbers, LOWEST)],
            ">" if is_full => vec![bound(Relation::After, self.numbers, &self.pre)],
            "<=" if is_full => vec![bound(Relation::UpTo, self.numbers, &self.pre)],
            "<=" => before_next(last).collect(),
            ">" => vec![match self.next(last) {
                Some(numbers) => bound(Relation::From, numbers, ""),
                // Nothing is more than everything.
                None => bound(Relation::Before, [0; 3], LOWEST),
            }],
            _ => return None,
        })
    }

    /// Which number a caret lets stand: the first that is not zero, else the last that was written.
    fn caret(&self) -> usize {
        let written = self.numbers.get(..self.written).unwrap_or(&[]);
        let first = written.iter().position(|number| *number > 0);
        first.unwrap_or(self.written.saturating_sub(1))
    }

    fn next(&self, at: usize) -> Option<[u64; 3]> {
        if self.written == 0 {
            return None;
        }
        let mut numbers = [0; 3];
        for (position, number) in self.numbers.iter().enumerate().take(at + 1) {
            numbers[position] = *number + u64::from(position == at);
        }
        Some(numbers)
    }
}

fn bound(relation: Relation, numbers: [u64; 3], pre: &str) -> Bound {
    Bound {
        relation,
        numbers,
        pre: pre.to_owned(),
    }
}

//! Versions and their ranges, by Semantic Versioning 2.0.0.

use std::cmp::Ordering;

/// One identifier of a pre-release. Numbers come before words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u128),
    Word(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    /// Empty for a release, which comes after all its pre-releases.
    pre: Vec<Identifier>,
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let releases_last = self.pre.is_empty().cmp(&other.pre.is_empty());
        let by_numbers = self.numbers.cmp(&other.numbers);
        by_numbers
            .then(releases_last)
            .then_with(|| self.pre.cmp(&other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A version of which not all numbers need to be written; `x` and `*` are not written either.
struct Partial {
    written: Vec<u64>,
    version: Version,
}

fn partial(text: &str) -> Option<Partial> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let text = text.split('+').next()?;
    let (core, pre) = match text.split_once('-') {
        Some((core, pre)) => (core, pre.split('.').map(identifier).collect::<Option<_>>()?),
        None => (text, Vec::new()),
    };
    let is_wild = |part: &&str| ["x", "X", "*"].contains(part);
    let parts: Vec<&str> = core.split('.').take_while(|part| !is_wild(part)).collect();
    let written: Vec<u64> = parts.iter().map(|part| number(part)).collect::<Option<_>>()?;
    if written.len() > 3 {
        return None;
    }
    let mut numbers = [0; 3];
    numbers[..written.len()].copy_from_slice(&written);
    Some(Partial {
        written,
        version: Version { numbers, pre },
    })
}

fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.is_empty()
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return None;
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_number {
        Identifier::Number(text.parse().ok()?)
    } else {
        Identifier::Word(text.to_owned())
    })
}

/// Whether a string is a version in a range.
pub(super) fn is_in(range: &str, text: &str) -> bool {
    // A version that is asked about has no parts that stand for all.
    let core = text.split(['-', '+']).next().unwrap_or(text);
    let Some(Partial { version, .. }) = partial(text).filter(|_| !core.contains(['x', 'X', '*'])) else {
        return false;
    };
    range.split("||").any(|alternative| {
        // An operator may stand apart from its version.
        let mut joined = String::new();
        for word in alternative.split([',', ' ']) {
            joined += word;
            if !word.is_empty() && !word.ends_with(['^', '~', '<', '>', '=']) {
                joined.push(' ');
            }
        }
        let mut comparisons = joined.split_whitespace();
        comparisons.all(|part| compares(part, &version))
    })
}

fn compares(part: &str, version: &Version) -> bool {
    let (operator, rest) = part.split_at(part.find(|letter| !"^~<>=".contains(letter)).unwrap());
    let Partial {
        written,
        version: low,
    } = partial(rest).unwrap();
    if written.is_empty() {
        // All versions, with all pre-releases; nothing is before or after all.
        return !["<", ">"].contains(&operator);
    }
    let last = written.len() - 1;
    let is_full = written.len() == 3;
    match operator {
        "" | "=" | "==" if is_full => *version == low,
        "" | "=" | "==" => low <= *version && before_next(version, &written, last),
        "~" => low <= *version && before_next(version, &written, last.min(1)),
        "^" => {
            let first = written.iter().position(|number| *number > 0).unwrap_or(last);
            low <= *version && before_next(version, &written, first)
        }
        ">=" => *version >= low,
        ">" if is_full => *version > low,
        // After all that begin so, which begins at the next release.
        ">" => *version >= next(&written, last),
        "<" if is_full => *version < low,
        "<" => *version < low && version.numbers != low.numbers,
        "<=" if is_full => *version <= low,
        "<=" => before_next(version, &written, last),
        other => panic!("{other} is no operator"),
    }
}

/// The first version whose numbers no longer begin with those up to `at`.
fn next(written: &[u64], at: usize) -> Version {
    let mut numbers = [0; 3];
    numbers[..=at].copy_from_slice(&written[..=at]);
    numbers[at] += 1;
    Version {
        numbers,
        pre: Vec::new(),
    }
}

/// An upper end that was not written in full excludes the pre-releases of the version that it names.
fn before_next(version: &Version, written: &[u64], at: usize) -> bool {
    let next = next(written, at);
    *version < next && version.numbers != next.numbers
}

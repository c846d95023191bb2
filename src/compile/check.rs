//! What is asked of an attribute, as an operator and its words.

use super::{Compiler, row};
use crate::bucket::Draw;
use crate::definition::{Bound, Check, Network, Range, Span};
use crate::operator::Code;
use crate::operator::number::Comparison;
use crate::operator::text::{Letters, Part};
use crate::operator::time::Offset;
use crate::operator::version::COMPARISON_WORDS;

impl Compiler<'_> {
    pub(super) fn check(&mut self, attribute: Option<u32>, check: &Check) -> (Code, Vec<u32>) {
        match check {
            Check::Exists => (Code::Exists, Vec::new()),
            Check::Is(boolean) => (Code::Is, vec![u32::from(*boolean)]),
            Check::TextIn { members, letters } => self.text_in(members, *letters),
            Check::NumberIn(members) => (Code::NumberIn, self.numbers(members)),
            Check::Compare(comparison, number) => (comparison_code(*comparison), self.numbers(&[*number])),
            Check::Between(low, high) => (Code::Between, self.numbers(&[*low, *high])),
            Check::Part {
                part,
                any_of,
                letters,
            } => {
                let words = any_of.iter().map(|text| self.tables.text(&letters.of(text)));
                (part_code(*part, *letters), words.collect())
            }
            Check::Semver(range) => (Code::Semver, self.range(range)),
            Check::Matches { pattern, letters } => {
                let automaton = self.tables.automaton(pattern, *letters == Letters::Folded);
                (Code::Matches, vec![automaton, self.tables.text(pattern)])
            }
            Check::Instant(span) => self.instant(*span),
            Check::Weekday { days, offset } => (Code::Weekday, vec![u32::from(*days), Offset::word(*offset)]),
            Check::Hour { from, until, offset } => {
                let words = vec![u32::from(*from), u32::from(*until), Offset::word(*offset)];
                (Code::Hour, words)
            }
            Check::Cidr(networks) => (Code::Cidr, networks.iter().flat_map(network).collect()),
            Check::Size(low, high) => (Code::Size, vec![*low, *high]),
            Check::Some(condition) => (Code::Some, vec![self.element(attribute, condition).0]),
            Check::Modulo(divisor, remainder) => (Code::Modulo, self.numbers(&[*divisor, *remainder])),
            Check::Percent { salt, range } => {
                let salt = self.tables.text(&Draw::Percent.salt(salt));
                (Code::Percent, vec![salt, range[0], range[1]])
            }
        }
    }

    fn numbers(&mut self, numbers: &[f64]) -> Vec<u32> {
        numbers.iter().map(|number| self.tables.number(*number)).collect()
    }

    fn text_in(&mut self, members: &[String], letters: Letters) -> (Code, Vec<u32>) {
        let code = match letters {
            Letters::Exact => Code::TextIn,
            Letters::Folded => Code::TextInFolded,
        };
        let members = members.iter().map(|member| letters.of(member));
        (code, self.sorted_texts(members.collect()))
    }

    fn instant(&mut self, span: Span) -> (Code, Vec<u32>) {
        match span {
            Span::Before(instant) => (Code::Before, self.numbers(&[instant])),
            Span::After(instant) => (Code::After, self.numbers(&[instant])),
            Span::Within(from, until) => (Code::Within, self.numbers(&[from, until])),
            Span::Last(length) => (Code::Last, self.numbers(&[length])),
            Span::Next(length) => (Code::Next, self.numbers(&[length])),
        }
    }

    fn range(&mut self, range: &Range) -> Vec<u32> {
        let mut words = vec![self.tables.text(&range.source)];
        for bounds in &range.alternatives {
            words.push(row(bounds.len()));
            for bound in bounds {
                words.extend(self.bound(bound));
            }
        }
        words
    }

    fn bound(&mut self, bound: &Bound) -> [u32; COMPARISON_WORDS] {
        // The two halves of 64 bits.
        #[allow(clippy::cast_possible_truncation)]
        let [lower, upper] = [0, 32].map(|shift| bound.numbers.map(|number| (number >> shift) as u32));
        let pre = if bound.pre.is_empty() {
            0
        } else {
            self.tables.text(&bound.pre) + 1
        };
        let [major, minor, patch] = lower;
        let [a, b, c] = upper;
        [bound.relation as u32, major, minor, patch, a, b, c, pre]
    }
}

/// The words of a network: its address, the highest first, and its prefix.
fn network(network: &Network) -> [u32; 5] {
    // Each is a quarter of the address.
    #[allow(clippy::cast_possible_truncation)]
    let [a, b, c, d] = [96, 64, 32, 0].map(|shift| (network.address >> shift) as u32);
    [a, b, c, d, network.prefix]
}

const fn comparison_code(comparison: Comparison) -> Code {
    match comparison {
        Comparison::LessThan => Code::LessThan,
        Comparison::AtMost => Code::AtMost,
        Comparison::GreaterThan => Code::GreaterThan,
        Comparison::AtLeast => Code::AtLeast,
    }
}

const fn part_code(part: Part, letters: Letters) -> Code {
    match (part, letters) {
        (Part::StartsWith, Letters::Exact) => Code::StartsWith,
        (Part::StartsWith, Letters::Folded) => Code::StartsWithFolded,
        (Part::EndsWith, Letters::Exact) => Code::EndsWith,
        (Part::EndsWith, Letters::Folded) => Code::EndsWithFolded,
        (Part::Contains, Letters::Exact) => Code::Contains,
        (Part::Contains, Letters::Folded) => Code::ContainsFolded,
    }
}

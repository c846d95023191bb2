//! Values that operands make interesting, and contexts of them.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use fader::json::Json;

use super::pools::{self, Kind, PATHS};
use super::{Feature, Generator, NOW, has, object, real, whole, word};

const HOUR: f64 = 3_600_000.0;

impl Generator {
    /// Remembers values that an operand at a path makes interesting.
    pub(super) fn hit<const N: usize>(&mut self, path: &str, values: [Json; N]) {
        self.hits.entry(path.to_owned()).or_default().extend(values);
    }

    /// A value that may stand as an operand.
    pub(super) fn scalar(&mut self, path: &str, kind: Kind) -> Json {
        let value = match kind {
            Kind::Text => word(self.random.pick(&pools::TEXTS)),
            Kind::Number => real(*self.random.pick(&pools::NUMBERS)),
            Kind::Boolean => Json::Boolean(self.random.chance(50)),
            Kind::Version => word(self.version()),
            Kind::Instant => real(NOW),
            Kind::Address => word(self.random.pick(&pools::ADDRESSES)),
            Kind::Unit => self.random.pick(&pools::units()).clone(),
            Kind::Scalars | Kind::Records | Kind::Lists => match self.random.below(3) {
                0 => word(self.random.pick(&["a", "b", "c", "A"])),
                1 => real(*self.random.pick(&[0.0, 1.0, 7.0])),
                _ => Json::Boolean(self.random.chance(50)),
            },
        };
        self.hit(path, [value.clone()]);
        if let Json::Text(text) = &value {
            let text = text.clone();
            self.hit(
                path,
                [
                    word(text.to_uppercase()),
                    word(text.to_lowercase()),
                    word(format!("{text} ")),
                ],
            );
        }
        value
    }

    pub(super) fn scalars(&mut self, path: &str, kind: Kind, most: usize) -> Json {
        let count = 1 + self.random.below(most);
        let mut values: Vec<Json> = Vec::new();
        for _ in 0..count {
            let kind = if self.random.chance(15) {
                Kind::Boolean
            } else {
                kind
            };
            let value = self.scalar(path, kind);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Json::List(values)
    }

    /// An instant as an operand, and values about it.
    pub(super) fn instant(&mut self, path: &str) -> Json {
        let at = self.moment();
        let texts = [self.written(at), self.written(at - 1.0)];
        self.hit(path, texts);
        self.hit(path, [real(at), real(at + 1.0), real(at - 1.0)]);
        if self.random.chance(50) {
            real(at)
        } else {
            self.written(at)
        }
    }

    /// Two instants of which the second is later.
    pub(super) fn span(&mut self, path: &str) -> Json {
        let from = self.moment();
        let until = from + HOUR * f64::from(u32::try_from(1 + self.random.below(50)).unwrap());
        self.hit(
            path,
            [real(from), real(from - 1.0), real(until), real(until - 1.0)],
        );
        let from = self.written(from);
        Json::List(vec![from, real(until)])
    }

    /// An instant of which others are not far.
    pub(super) fn moment(&mut self) -> f64 {
        let hours = f64::from(u32::try_from(self.random.below(200)).unwrap()) - 100.0;
        NOW + hours * HOUR
    }

    fn written(&mut self, at: f64) -> Json {
        // Instants are whole, and near the present.
        #[allow(clippy::cast_possible_truncation)]
        let utc = DateTime::from_timestamp_millis(at as i64).unwrap();
        let east = self.random.pick(&[0, 3600, -19_800, 49_500]);
        let there = utc.with_timezone(&FixedOffset::east_opt(*east).unwrap());
        let text = there.to_rfc3339_opts(SecondsFormat::Millis, true);
        word(&if self.random.chance(20) {
            text.to_lowercase()
        } else {
            text
        })
    }

    /// A context for the definition that was made.
    pub(crate) fn context(&mut self) -> Json {
        let mut members: Vec<(String, Json)> = Vec::new();
        for (path, kind) in PATHS {
            if path == "$now" || self.random.chance(15) {
                continue;
            }
            let value = self.value(path, kind);
            self.put(&mut members, path, value);
        }
        if has(Feature::Sticky) && self.random.chance(50) {
            members.push(("$sticky".to_owned(), self.assignments()));
        }
        Json::Object(members)
    }

    /// The instant at which a context is evaluated.
    pub(crate) fn now(&mut self) -> f64 {
        let near = f64::from(u32::try_from(self.random.below(3)).unwrap()) - 1.0;
        self.moment() + near
    }

    /// Puts a value at a path: a member with dots in its name, or objects in objects.
    fn put(&mut self, members: &mut Vec<(String, Json)>, path: &str, value: Json) {
        let Some((first, rest)) = path.split_once('.') else {
            // Another path may lead through it already.
            if members.iter().all(|(name, _)| name != path) {
                members.push((path.to_owned(), value));
            }
            return;
        };
        if self.random.chance(20) {
            members.push((path.to_owned(), value));
            return;
        }
        let at = members
            .iter()
            .position(|(name, _)| name == first)
            .unwrap_or_else(|| {
                members.push((first.to_owned(), Json::Object(Vec::new())));
                members.len() - 1
            });
        if let Json::Object(inner) = &mut members[at].1 {
            let mut nested = std::mem::take(inner);
            self.put(&mut nested, rest, value);
            members[at].1 = Json::Object(nested);
        }
    }

    fn value(&mut self, path: &str, kind: Kind) -> Json {
        if self.random.chance(8) {
            return self.random.pick(&pools::odd_values()).clone();
        }
        match kind {
            Kind::Unit => return self.unit(),
            Kind::Records | Kind::Scalars | Kind::Lists => return self.list(path, kind, 4),
            _ => {}
        }
        if let Some(hits) = self.hits.get(path)
            && self.random.chance(70)
        {
            return self.random.pick(hits).clone();
        }
        match kind {
            Kind::Version => word(self.version()),
            Kind::Instant => {
                let at = self.moment();
                self.written(at)
            }
            Kind::Number => real(*self.random.pick(&pools::NUMBERS)),
            Kind::Boolean => Json::Boolean(self.random.chance(50)),
            Kind::Address => word(self.random.pick(&pools::ADDRESSES)),
            _ => word(self.random.pick(&pools::TEXTS)),
        }
    }

    fn unit(&mut self) -> Json {
        match self.random.below(6) {
            0 | 1 => self.random.pick(&pools::units()).clone(),
            2 => whole(self.random.below(1_000)),
            3 => real(*self.random.pick(&pools::NUMBERS)),
            _ => word(format!("u-{}", self.random.below(10_000))),
        }
    }

    fn list(&mut self, path: &str, kind: Kind, most: usize) -> Json {
        let element = format!("{path}[]");
        let count = self.random.below(most);
        let elements = (0..count).map(|_| match kind {
            _ if self.random.chance(8) => self.random.pick(&pools::odd_values()).clone(),
            Kind::Records => self.record(&element),
            Kind::Lists => self.list(&element, Kind::Scalars, 3),
            _ => {
                let from = if self.random.chance(50) { path } else { &element };
                match self.hits.get(from) {
                    Some(hits) if self.random.chance(80) => self.random.pick(hits).clone(),
                    _ => self.scalar("", Kind::Scalars),
                }
            }
        });
        Json::List(elements.collect())
    }

    fn record(&mut self, element: &str) -> Json {
        let mut of = |name: &str, kind| self.value(&format!("{element}{name}"), kind);
        let status = of("status", Kind::Text);
        let total = of("total", Kind::Number);
        let tags = self.list(&format!("{element}item.tags"), Kind::Scalars, 3);
        let mut members = vec![
            ("status".to_owned(), status),
            ("total".to_owned(), total),
            ("item".to_owned(), object([("tags", tags)])),
        ];
        if self.random.chance(20) {
            members.remove(self.random.below(3));
        }
        Json::Object(members)
    }

    fn assignments(&mut self) -> Json {
        let flags = self.flags.clone();
        let kept = flags.iter().filter_map(|(key, variants, _)| {
            let variant = match self.random.below(8) {
                0 => word("no-such-variant"),
                1 => self.random.pick(&pools::odd_values()).clone(),
                2 | 3 => return None,
                _ => word(self.random.pick(variants)),
            };
            Some((key.clone(), variant))
        });
        Json::Object(kept.collect())
    }
}

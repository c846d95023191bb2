//! Random conditions.

use fader::json::Json;

use super::pools::{self, Kind, PATHS};
use super::{Feature, Generator, has, object, real, whole, word, words};

impl Generator {
    /// A condition, of members that all have to hold.
    pub(super) fn condition(&mut self, depth: usize) -> Json {
        let mut members: Vec<(String, Json)> = Vec::new();
        for _ in 0..=self.random.below(2) {
            let (name, asked) = self.member(depth);
            if name == "attribute" {
                return asked;
            }
            if members.iter().all(|(other, _)| *other != name) {
                members.push((name, asked));
            }
        }
        Json::Object(members)
    }

    fn member(&mut self, depth: usize) -> (String, Json) {
        if depth > 0 && self.random.chance(25) {
            return match self.random.below(3) {
                0 => ("all".to_owned(), self.conditions(depth - 1)),
                1 => ("any".to_owned(), self.conditions(depth - 1)),
                _ => ("not".to_owned(), self.condition(depth - 1)),
            };
        }
        if !self.segments.is_empty() && self.random.chance(12) {
            let mut names = self.random.some(&self.segments.clone(), 2);
            let asked = match names.len() {
                1 => word(names.remove(0)),
                _ => words(&names),
            };
            return ("segment".to_owned(), asked);
        }
        if has(Feature::FlagConditions)
            && self.random.chance(12)
            && let Some(asked) = self.some_flags()
        {
            return ("flag".to_owned(), asked);
        }
        self.asked_attribute()
    }

    fn conditions(&mut self, depth: usize) -> Json {
        let count = 1 + self.random.below(3);
        Json::List((0..count).map(|_| self.condition(depth)).collect())
    }

    /// Flags, each with a variant or some, of those that may be asked for.
    pub(super) fn some_flags(&mut self) -> Option<Json> {
        let is_revealed = self.is_revealed;
        let allowed: Vec<_> = self
            .flags
            .iter()
            .filter(|flag| flag.2 || !is_revealed)
            .cloned()
            .collect();
        if allowed.is_empty() {
            return None;
        }
        let asked = self
            .random
            .some(&allowed, 2)
            .into_iter()
            .map(|(key, variants, _)| {
                let mut some = self.random.some(&variants, 2);
                let variants = match some.len() {
                    1 if self.random.chance(50) => word(some.remove(0)),
                    _ => words(&some),
                };
                (key, variants)
            });
        Some(Json::Object(asked.collect()))
    }

    fn asked_attribute(&mut self) -> (String, Json) {
        let mut paths = PATHS.to_vec();
        paths.retain(|(path, _)| *path != "$now" || has(Feature::Now));
        let (path, kind) = *self.random.pick(&paths);
        let mut asked = self.asked(path, kind, 2);
        // Some of these names mean something else in a condition, and so need the long form.
        if ["all", "segment"].contains(&path) || self.random.chance(5) {
            if !matches!(asked, Json::Object(_)) {
                let operator = if matches!(asked, Json::List(_)) {
                    "in"
                } else {
                    "equals"
                };
                asked = object([(operator, asked)]);
            }
            let Json::Object(mut operators) = asked else {
                unreachable!()
            };
            operators.push(("attribute".to_owned(), word(path)));
            return ("attribute".to_owned(), Json::Object(operators));
        }
        (path.to_owned(), asked)
    }

    /// What is asked of a value: a value, a list of them, or operators.
    fn asked(&mut self, path: &str, kind: Kind, depth: usize) -> Json {
        if path != "$now" && self.random.chance(15) {
            return self.scalar(path, kind);
        }
        if path != "$now" && self.random.chance(10) {
            return self.scalars(path, kind, 4);
        }
        let mut operators: Vec<(String, Json)> = Vec::new();
        for _ in 0..=self.random.below(2) {
            let kind = if path != "$now" && self.random.chance(8) {
                Kind::Text
            } else {
                kind
            };
            let (name, operand) = self.operator(path, kind, depth);
            if operators.iter().all(|(other, _)| *other != name) {
                operators.push((name.to_owned(), operand));
            }
        }
        let takes_letters = [
            "equals",
            "in",
            "startsWith",
            "endsWith",
            "contains",
            "matches",
            "anyOf",
            "allOf",
            "noneOf",
        ];
        let is_text = operators
            .iter()
            .all(|(name, operand)| takes_letters.contains(&name.as_str()) && has_text(operand));
        if is_text && self.random.chance(40) {
            operators.push(("ignoreCase".to_owned(), Json::Boolean(true)));
        }
        Json::Object(operators)
    }

    fn operator(&mut self, path: &str, kind: Kind, depth: usize) -> (&'static str, Json) {
        if path != "$now" && self.random.chance(6) {
            return ("exists", Json::Boolean(self.random.chance(50)));
        }
        if depth > 0 && self.random.chance(8) {
            return ("not", self.asked(path, kind, depth - 1));
        }
        if path != "$now" && self.random.chance(15) {
            return match self.random.below(2) {
                0 => ("equals", self.scalar(path, kind)),
                _ => ("in", self.scalars(path, kind, 4)),
            };
        }
        match kind {
            Kind::Number => self.number_operator(path),
            Kind::Version => ("semver", self.version_range(path)),
            Kind::Instant if has(Feature::Time) => self.time_operator(path),
            Kind::Address if has(Feature::Cidr) => ("cidr", self.networks()),
            Kind::Unit if has(Feature::Percent) && self.random.chance(60) => {
                let salt = word(self.random.pick(&["a", "b", "f0"]));
                ("percent", object([("salt", salt), ("range", self.range())]))
            }
            Kind::Scalars | Kind::Records | Kind::Lists if has(Feature::Lists) => {
                self.list_operator(path, kind, depth)
            }
            _ => self.text_operator(path),
        }
    }

    fn text_operator(&mut self, path: &str) -> (&'static str, Json) {
        if has(Feature::Regex) && self.random.chance(30) {
            return ("matches", self.pattern(path));
        }
        let name = *self.random.pick(&["startsWith", "endsWith", "contains"]);
        let some = self.random.some(&pools::TEXTS[1..], 3);
        for text in &some {
            self.hit(
                path,
                [
                    word(text),
                    word(format!("{text}{text}")),
                    word(format!("x{text}y")),
                ],
            );
            self.hit(path, [word(text.to_lowercase()), word(text.to_uppercase())]);
        }
        match some.as_slice() {
            [one] => (name, word(one)),
            several => (name, Json::List(several.iter().map(word).collect())),
        }
    }

    fn pattern(&mut self, path: &str) -> Json {
        let count = 1 + self.random.below(4);
        let pieces: String = (0..count).map(|_| *self.random.pick(&pools::PIECES)).collect();
        let start = if self.random.chance(40) { "^" } else { "" };
        let end = if self.random.chance(40) { "$" } else { "" };
        for _ in 0..4 {
            let count = self.random.below(5);
            let text: String = (0..count).map(|_| *self.random.pick(&pools::SHARDS)).collect();
            self.hit(path, [word(&text)]);
        }
        word(format!("{start}{pieces}{end}"))
    }

    fn number_operator(&mut self, path: &str) -> (&'static str, Json) {
        let number = *self.random.pick(&pools::NUMBERS);
        self.hit(
            path,
            [
                number,
                number.next_up(),
                number.next_down(),
                number + 1.0,
                -number,
            ]
            .map(real),
        );
        if has(Feature::Modulo) && self.random.chance(25) {
            let divisor = *self.random.pick(&[1.0, 2.0, 3.0, 10.0, 100.0]);
            let remainder = *self.random.pick(&[0.0, 1.0, 2.0, -1.0]) % divisor;
            return ("modulo", Json::List(vec![real(divisor), real(remainder)]));
        }
        if self.random.chance(25) {
            let other = *self.random.pick(&pools::NUMBERS);
            return (
                "between",
                Json::List(vec![real(number.min(other)), real(number.max(other))]),
            );
        }
        (
            *self
                .random
                .pick(&["lessThan", "atMost", "greaterThan", "atLeast"]),
            real(number),
        )
    }

    fn version_range(&mut self, path: &str) -> Json {
        let alternatives: Vec<String> = (0..=self.random.below(2))
            .map(|_| self.version_comparisons(path))
            .collect();
        word(alternatives.join(" || "))
    }

    fn version_comparisons(&mut self, path: &str) -> String {
        let comparisons = (0..=self.random.below(2)).map(|_| {
            let operator = *self.random.pick(&["", "=", "^", "~", ">=", ">", "<", "<="]);
            let mut version = self.version();
            self.hit(path, [word(&version)]);
            match self.random.below(6) {
                0 if version.matches('.').count() < 2 => version.push_str(".x"),
                1 => "*".clone_into(&mut version),
                _ => {}
            }
            format!("{operator}{version}")
        });
        comparisons.collect::<Vec<_>>().join(" ")
    }

    /// A version, of which not all parts may be written.
    pub(super) fn version(&mut self) -> String {
        let written = 1 + self.random.below(3);
        let numbers: Vec<String> = (0..written).map(|_| self.random.below(4).to_string()).collect();
        let mut version = numbers.join(".");
        if written == 3 && self.random.chance(40) {
            version = format!("{version}-{}", self.random.pick(&pools::PRES));
        }
        if written == 3 && self.random.chance(15) {
            version.push_str("+build.5");
        }
        if self.random.chance(10) {
            version.insert(0, 'v');
        }
        version
    }

    fn networks(&mut self) -> Json {
        let mut some = self.random.some(&pools::NETWORKS, 3);
        match some.len() {
            1 => word(some.remove(0)),
            _ => Json::List(some.into_iter().map(word).collect()),
        }
    }

    fn time_operator(&mut self, path: &str) -> (&'static str, Json) {
        let offset = word(self.random.pick(&pools::OFFSETS));
        match self.random.below(5) {
            0 => (*self.random.pick(&["before", "after"]), self.instant(path)),
            1 => ("within", self.span(path)),
            2 => ("within", {
                let length = *self.random.pick(&["1500ms", "90s", "10m", "1h", "2d", "30d"]);
                object([(*self.random.pick(&["last", "next"]), word(length))])
            }),
            3 => {
                let days = self.random.some(&pools::WEEKDAYS, 5);
                let days = Json::List(days.into_iter().map(word).collect());
                ("weekday", self.with_offset("days", days, offset))
            }
            _ => {
                let from = self.random.below(24);
                // Until midnight is until 24.
                let until = match (from + 1 + self.random.below(23)) % 24 {
                    0 => 24,
                    until => until,
                };
                let range = Json::List(vec![whole(from), whole(until)]);
                ("hour", self.with_offset("range", range, offset))
            }
        }
    }

    fn with_offset(&mut self, name: &str, operand: Json, offset: Json) -> Json {
        if self.random.chance(50) {
            return operand;
        }
        object([(name, operand), ("offset", offset)])
    }

    fn list_operator(&mut self, path: &str, kind: Kind, depth: usize) -> (&'static str, Json) {
        if depth == 0 || kind == Kind::Scalars && self.random.chance(60) {
            return match self.random.below(4) {
                0 => ("anyOf", self.scalars(path, Kind::Scalars, 3)),
                1 => ("allOf", self.scalars(path, Kind::Scalars, 3)),
                2 => ("noneOf", self.scalars(path, Kind::Scalars, 3)),
                _ => ("size", self.size()),
            };
        }
        let name = *self.random.pick(&["some", "every"]);
        let element = format!("{path}[]");
        let asked = match kind {
            Kind::Records => self.record_condition(&element, depth),
            Kind::Lists => self.asked(&element, Kind::Scalars, depth - 1),
            _ => {
                let kind = *self.random.pick(&[Kind::Text, Kind::Number, Kind::Version]);
                self.asked(&element, kind, depth - 1)
            }
        };
        (name, asked)
    }

    fn size(&mut self) -> Json {
        let number = self.random.below(4);
        match self.random.below(3) {
            0 => whole(number),
            1 => object([(
                *self.random.pick(&["atLeast", "lessThan", "equals"]),
                whole(number + 1),
            )]),
            _ => object([("greaterThan", whole(number)), ("atMost", whole(number + 1))]),
        }
    }

    /// A condition on an element that has attributes of its own.
    fn record_condition(&mut self, element: &str, depth: usize) -> Json {
        let fields = [
            ("status", Kind::Text),
            ("total", Kind::Number),
            ("item.tags", Kind::Scalars),
        ];
        let mut members = Vec::new();
        for (name, kind) in self.random.some(&fields, 2) {
            let path = format!("{element}{name}");
            members.push((name.to_owned(), self.asked(&path, kind, depth - 1)));
        }
        let condition = Json::Object(members);
        match self.random.below(4) {
            0 => {
                let of_itself = object([("exists", Json::Boolean(self.random.chance(50)))]);
                let scalar = self.scalar(element, Kind::Scalars);
                let name = *self.random.pick(&["any", "all"]);
                object([(name, Json::List(vec![condition, of_itself, scalar]))])
            }
            1 => object([
                ("not", condition.clone()),
                ("total", object([("exists", Json::Boolean(true))])),
            ]),
            _ => condition,
        }
    }
}

/// Whether an operand has letters whose case may count.
fn has_text(operand: &Json) -> bool {
    match operand {
        // Whether the letters that are k and s in lower case are of `\\w` where case does not count, the page does not say.
        Json::Text(text) => !text.contains("\\w") && !text.contains("\\W"),
        Json::List(items) => items.iter().any(has_text),
        _ => false,
    }
}

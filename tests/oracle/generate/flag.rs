//! Random flags: their variants, overrides, rules and ramps.

use fader::json::Json;

use super::{Feature, Generator, has, object, pools, real, scaled, whole, word};

impl Generator {
    pub(super) fn flag(&mut self, key: &str) -> Json {
        let count = 1 + self.random.below(4);
        let variants: Vec<String> = (0..count).map(|at| format!("v{at}")).collect();
        let values = variants.iter().map(|name| (name.clone(), word(name))).collect();
        let reveal = *self.random.pick(&["rule", "value", "none"]);
        self.is_revealed = reveal == "rule";
        let safe = word(self.random.pick(&variants));
        let mut members = vec![
            ("type".to_owned(), word("string")),
            ("reveal".to_owned(), word(reveal)),
            ("variants".to_owned(), Json::Object(values)),
            ("safe".to_owned(), safe),
        ];
        self.maybe_unit(&mut members);
        self.maybe(&mut members, 60, "otherwise", |own| {
            word(own.random.pick(&variants))
        });
        self.maybe(&mut members, 15, "state", |own| {
            word(own.random.pick(&["on", "off", "killed"]))
        });
        self.maybe(&mut members, 30, "overrides", |own| own.overrides(&variants));
        if has(Feature::Requires)
            && self.random.chance(25)
            && let Some(flags) = self.some_flags()
        {
            members.push(("requires".to_owned(), flags));
        }
        if !self.holdouts.is_empty() {
            self.maybe(&mut members, 30, "holdout", |own| {
                word(own.random.pick(&own.holdouts.clone()))
            });
        }
        if has(Feature::Sticky) {
            self.maybe(&mut members, 30, "sticky", |own| {
                Json::Boolean(own.random.chance(80))
            });
        }
        self.stability(&mut members);
        self.rules(&mut members, &variants);
        self.flags.push((key.to_owned(), variants, self.is_revealed));
        Json::Object(members)
    }

    fn stability(&mut self, members: &mut Vec<(String, Json)>) {
        self.maybe(members, 25, "stability", |own| {
            word(own.random.pick(&["live", "page", "session"]))
        });
    }

    fn maybe(
        &mut self,
        members: &mut Vec<(String, Json)>,
        percent: usize,
        name: &str,
        make: impl FnOnce(&mut Self) -> Json,
    ) {
        if self.random.chance(percent) {
            let value = make(self);
            members.push((name.to_owned(), value));
        }
    }

    fn overrides(&mut self, variants: &[String]) -> Json {
        let mut units = pools::units();
        let some = self.random.some(variants, 2).into_iter().map(|variant| {
            let few = self.random.some(&units, 3);
            // No unit is overridden twice.
            units.retain(|unit| !few.contains(unit));
            (variant, Json::List(few))
        });
        Json::Object(some.collect())
    }

    fn rules(&mut self, members: &mut Vec<(String, Json)>, variants: &[String]) {
        let count = self.random.below(5);
        let ramped =
            (has(Feature::Ramps) && count > 0 && self.random.chance(35)).then(|| self.random.below(count));
        let rules: Vec<Json> = (0..count)
            .map(|at| self.rule(at, variants, ramped == Some(at)))
            .collect();
        if let Some(at) = ramped {
            let id = match rules[at].get("id") {
                Some(id) => id.clone(),
                None => word(format!("rule-{}", at + 1)),
            };
            members.push(("ramp".to_owned(), self.ramp(id)));
        }
        if !rules.is_empty() {
            members.push(("rules".to_owned(), Json::List(rules)));
        }
    }

    fn rule(&mut self, at: usize, variants: &[String], is_ramped: bool) -> Json {
        let mut members = Vec::new();
        self.maybe(&mut members, 50, "id", |_| word(format!("r{at}")));
        self.maybe(&mut members, 60, "where", |own| own.condition(2));
        self.times(&mut members);
        if !self.layers.is_empty() {
            self.maybe(&mut members, 20, "layer", |own| {
                let name = word(own.random.pick(&own.layers.clone()));
                object([("name", name), ("range", own.range())])
            });
        }
        if !is_ramped {
            self.maybe(&mut members, 30, "traffic", Self::percent);
        }
        self.maybe_salt(&mut members);
        if self.random.chance(50) {
            members.push(("serve".to_owned(), word(self.random.pick(variants))));
        } else {
            members.push(("split".to_owned(), self.split(variants)));
        }
        Json::Object(members)
    }

    fn times(&mut self, members: &mut Vec<(String, Json)>) {
        match self.random.below(8) {
            0 => members.push(("from".to_owned(), self.instant(""))),
            1 => members.push(("until".to_owned(), self.instant(""))),
            2 => {
                let Json::List(ends) = self.span("") else {
                    unreachable!()
                };
                let named = ["from", "until"].into_iter().zip(ends);
                members.extend(named.map(|(name, end)| (name.to_owned(), end)));
            }
            _ => {}
        }
    }

    fn split(&mut self, variants: &[String]) -> Json {
        let some = self.random.some(variants, 4);
        let sure = self.random.below(some.len());
        let weights = some.into_iter().enumerate().map(|(at, variant)| {
            let weight = match self.random.below(5) {
                0 if at != sure => whole(0),
                1 => whole(1 + self.random.below(10_000)),
                2 => scaled(1 + self.random.below(300_000)),
                3 => real(0.1),
                _ => whole(1),
            };
            (variant, weight)
        });
        Json::Object(weights.collect())
    }

    fn ramp(&mut self, rule: Json) -> Json {
        let count = 1 + self.random.below(5);
        let mut percent = 0;
        let stages = (0..count).map(|at| {
            if !self.segments.is_empty() && self.random.chance(30) {
                object([("segment", word(self.random.pick(&self.segments.clone())))])
            } else {
                percent += 1 + self.random.below((10_000_000 - percent) / (count - at));
                object([("percent", scaled(percent)), ("bake", word("10m"))])
            }
        });
        let stages: Vec<Json> = stages.collect();
        let mut members = vec![
            ("rule".to_owned(), rule),
            ("stages".to_owned(), Json::List(stages)),
        ];
        self.maybe(&mut members, 80, "stage", |own| whole(own.random.below(count)));
        Json::Object(members)
    }
}

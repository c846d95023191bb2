//! A second evaluator: slow, plain, and written from `docs/definition.md` alone.
//!
//! It walks the JSON of a definition and shares nothing with the crate but the type of parsed JSON.
//! What it and the crate disagree about is a mistake in one of them, or in the page.

pub(crate) mod compare;
mod condition;
mod draw;
pub(crate) mod generate;
mod network;
mod shrink;
mod text;
mod time;
mod version;

use fader::json::Json;

use draw::{admits, choose, in_range, point, unit_of};

/// What the second evaluator answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) variant: String,
    pub(crate) reason: &'static str,
    pub(crate) rule: Option<String>,
    /// On which side of the ramp the unit stands, for a flag that has one.
    pub(crate) arm: Option<&'static str>,
    /// Whether the host should keep the outcome.
    pub(crate) keep: bool,
    /// How long clients keep the value, where it is not as long as the page lives.
    pub(crate) stability: Option<String>,
}

/// One context at one instant, against a definition that validates without an issue.
pub(crate) struct Oracle<'a> {
    pub(crate) definition: &'a Json,
    pub(crate) context: &'a Json,
    pub(crate) now: f64,
}

/// What a rule did.
enum Ruled<'a> {
    Decided(&'a str, &'static str, &'static str),
    Declined(&'static str),
}

impl<'a> Oracle<'a> {
    /// Evaluates a flag that the definition has.
    pub(crate) fn answer(&self, key: &str) -> Answer {
        let flag = self.named("flags", key);
        let (variant, reason, rule, arm) = self.steps(key, flag);
        Answer {
            variant: variant.to_owned(),
            reason,
            keep: is_true(flag, "sticky") && reason == "SPLIT" && rule.is_some(),
            rule,
            arm: flag.get("ramp").map(|_| arm),
            stability: flag
                .get("stability")
                .map(as_text)
                .filter(|stability| *stability != "page")
                .map(str::to_owned),
        }
    }

    /// The order of evaluation, as the page counts it.
    fn steps(&self, key: &str, flag: &'a Json) -> (&'a str, &'static str, Option<String>, &'static str) {
        let safe = text(flag, "safe");
        let plain = |variant, reason| (variant, reason, None, "outside");
        let state = flag.get("state").map_or("on", as_text);
        if state == "killed" {
            return plain(safe, "DISABLED");
        }
        if let Some(variant) = self.overridden(flag) {
            return plain(variant, "TARGETING_MATCH");
        }
        if state == "off" {
            return plain(safe, "DISABLED");
        }
        let mut required = members(flag, "requires");
        if !required.all(|(key, variants)| self.gives(key, variants)) {
            return plain(safe, "DEFAULT");
        }
        if self.is_held_out(flag) {
            return plain(safe, "SPLIT");
        }
        if let Some(variant) = self.remembered(key, flag) {
            return plain(variant, "CACHED");
        }
        self.rules(key, flag)
    }

    fn overridden(&self, flag: &'a Json) -> Option<&'a str> {
        let unit = self.unit(flag)?;
        members(flag, "overrides")
            .find(|(_, units)| has_unit(units, &unit))
            .map(|(variant, _)| variant.as_str())
    }

    /// Whether another flag gives one of these variants.
    fn gives(&self, key: &str, variants: &Json) -> bool {
        let given = self.answer(key).variant;
        one_or_many(variants)
            .iter()
            .any(|wanted| as_text(wanted) == given)
    }

    fn is_held_out(&self, flag: &Json) -> bool {
        let Some(name) = flag.get("holdout").map(as_text) else {
            return false;
        };
        let holdout = self.named("holdouts", name);
        let salt = holdout.get("salt").map_or(name, as_text);
        let percent = holdout.get("percent").unwrap();
        self.unit(holdout)
            .is_some_and(|unit| admits(percent, point(&format!("{salt}/holdout"), &unit)))
    }

    fn remembered(&self, key: &str, flag: &'a Json) -> Option<&'a str> {
        if !is_true(flag, "sticky") {
            return None;
        }
        let kept = self.context.get("$sticky")?.get(key)?;
        let mut variants = members(flag, "variants");
        variants
            .find(|(name, _)| *kept == Json::Text(name.clone()))
            .map(|(name, _)| name.as_str())
    }

    fn rules(&self, key: &str, flag: &'a Json) -> (&'a str, &'static str, Option<String>, &'static str) {
        let rules = items(flag, "rules");
        let mut arm = "outside";
        for (at, rule) in rules.iter().enumerate() {
            let id = rule
                .get("id")
                .map_or(format!("rule-{}", at + 1), |id| as_text(id).to_owned());
            let ramp = flag.get("ramp").filter(|ramp| text(ramp, "rule") == id);
            match self.rule(key, flag, rule, ramp) {
                Ruled::Decided(variant, reason, side) => {
                    let arm = if ramp.is_some() { side } else { arm };
                    return (variant, reason, Some(id), arm);
                }
                Ruled::Declined(side) if ramp.is_some() => arm = side,
                Ruled::Declined(_) => {}
            }
        }
        let reason = if rules.is_empty() { "STATIC" } else { "DEFAULT" };
        let otherwise = flag.get("otherwise").map_or(text(flag, "safe"), as_text);
        (otherwise, reason, None, arm)
    }

    fn rule(&self, key: &str, flag: &Json, rule: &'a Json, ramp: Option<&Json>) -> Ruled<'a> {
        if !self.holds_now(rule) || !self.is_in_layer(rule) {
            return Ruled::Declined("outside");
        }
        let salt = rule.get("salt").map_or(key, as_text);
        let unit = self.unit(flag);
        let drawn = |percent: &Json| {
            let unit = unit.as_ref()?;
            Some(admits(percent, point(&format!("{salt}/traffic"), unit)))
        };
        let mut arm = "outside";
        match ramp {
            Some(ramp) if self.is_staged(ramp) => {}
            Some(ramp) => match drawn(&percent_of(ramp)) {
                Some(true) => arm = "treated",
                Some(false) => return Ruled::Declined("control"),
                None => return Ruled::Declined("outside"),
            },
            None => {
                if let Some(traffic) = rule.get("traffic")
                    && drawn(traffic) != Some(true)
                {
                    return Ruled::Declined("outside");
                }
            }
        }
        if let Some(variant) = rule.get("serve") {
            return Ruled::Decided(as_text(variant), "TARGETING_MATCH", arm);
        }
        match unit {
            Some(unit) => {
                let weights = rule.get("split").unwrap();
                let variant = choose(weights, point(&format!("{salt}/split"), &unit));
                Ruled::Decided(variant, "SPLIT", arm)
            }
            None => Ruled::Declined("outside"),
        }
    }

    /// Whether it is the rule's time, and its audience admits the context.
    fn holds_now(&self, rule: &Json) -> bool {
        let instant = |name| rule.get(name).map(|json| time::instant(json).unwrap());
        instant("from").is_none_or(|from| from <= self.now)
            && instant("until").is_none_or(|until| self.now < until)
            && rule
                .get("where")
                .is_none_or(|condition| self.holds(condition, self.context))
    }

    fn is_in_layer(&self, rule: &Json) -> bool {
        let Some(range) = rule.get("layer") else {
            return true;
        };
        let name = text(range, "name");
        let layer = self.named("layers", name);
        let salt = layer.get("salt").map_or(name, as_text);
        self.unit(layer)
            .is_some_and(|unit| in_range(items(range, "range"), point(&format!("{salt}/layer"), &unit)))
    }

    /// Whether a segment of a stage that was reached admits the context.
    fn is_staged(&self, ramp: &Json) -> bool {
        let mut segments = reached(ramp).iter().filter_map(|stage| stage.get("segment"));
        segments.any(|name| self.in_segment(as_text(name)))
    }

    /// Who is included belongs to it; else who is excluded does not; else the condition says.
    fn in_segment(&self, name: &str) -> bool {
        let segment = self.named("segments", name);
        let unit = self.unit(segment);
        let lists = |list| {
            unit.as_ref()
                .is_some_and(|unit| segment.get(list).is_some_and(|units| has_unit(units, unit)))
        };
        if lists("include") {
            return true;
        }
        !lists("exclude")
            && segment
                .get("where")
                .is_some_and(|condition| self.holds(condition, self.context))
    }

    /// The unit that `of` names: a flag, a segment, a layer or a holdout.
    fn unit(&self, of: &Json) -> Option<String> {
        let path = of.get("unit").map_or("userId", as_text);
        unit_of(condition::find(self.context, path)?)
    }

    fn named(&self, kind: &str, name: &str) -> &'a Json {
        self.definition.get(kind).unwrap().get(name).unwrap()
    }
}

/// The stages of a ramp up to that which it is at.
fn reached(ramp: &Json) -> &[Json] {
    let count = match ramp.get("stage") {
        Some(Json::Number(stage)) => usize::try_from(stage.as_u64().unwrap()).unwrap() + 1,
        _ => 0,
    };
    &items(ramp, "stages")[..count]
}

/// The percent of the latest stage that has one; without, nobody is admitted by a draw.
fn percent_of(ramp: &Json) -> Json {
    let mut latest = reached(ramp)
        .iter()
        .rev()
        .filter_map(|stage| stage.get("percent"));
    latest.next().cloned().unwrap_or(Json::Number(0.into()))
}

fn has_unit(units: &Json, unit: &str) -> bool {
    one_or_many(units)
        .iter()
        .any(|member| unit_of(member).as_deref() == Some(unit))
}

fn is_true(json: &Json, name: &str) -> bool {
    json.get(name) == Some(&Json::Boolean(true))
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    as_text(json.get(name).unwrap())
}

fn as_text(json: &Json) -> &str {
    match json {
        Json::Text(text) => text,
        other => panic!("{other} is no string"),
    }
}

fn items<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.get(name).map_or(&[], one_or_many)
}

fn one_or_many(json: &Json) -> &[Json] {
    match json {
        Json::List(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn members<'a>(json: &'a Json, name: &str) -> impl Iterator<Item = &'a (String, Json)> {
    match json.get(name) {
        Some(Json::Object(members)) => members.iter(),
        _ => [].iter(),
    }
}

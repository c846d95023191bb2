//! The shape of ramps.

use super::field::{self, Fields};
use super::place::{Place, Step};
use super::shape::{Field, Object, Shape, words};
use super::{Issues, MAX_LIST};
use crate::definition::{Adds, Mode, OnHarm, Ramp, Stage};
use crate::json::Json;

/// How many stages a ramp may have.
pub const MAX_STAGES: usize = 64;

const METRICS: Shape = Shape::List(&Shape::Key, 0, MAX_LIST);

/// The planned rise of a flag.
pub const RAMP: Object = Object {
    name: "ramp",
    fields: &[
        Field::required(
            "rule",
            Shape::Key,
            "The id of the rule that rises; it has no `traffic` of its own.",
        ),
        Field::new(
            "mode",
            Shape::Word(|| words(MODES)),
            "Who advances it: `automatic`; `advise`: a person confirms; `manual`, the default.",
        ),
        Field::required(
            "stages",
            Shape::List(&Shape::Object(&STAGE), 1, MAX_STAGES),
            "Its steps, each of which adds people.",
        ),
        Field::new(
            "stage",
            Shape::Whole(MAX_STAGES as u64 - 1),
            "The step that it is at, counted from 0; before the first by default, when the rule admits nobody.",
        ),
        Field::new("since", Shape::Instant, "The instant since which it is there."),
        Field::new("guardrails", METRICS, "The metrics that must not get worse."),
        Field::new("goals", METRICS, "The metrics that should get better."),
        Field::new(
            "onHarm",
            Shape::Word(|| words(ON_HARM)),
            "What is done when it harms: `kill`, the default; `back`, by one stage; `hold`.",
        ),
    ],
    either: None,
};

/// One step of a ramp.
pub const STAGE: Object = Object {
    name: "stage",
    fields: &[
        Field::new("name", Shape::Text, "What it is called."),
        Field::new("segment", Shape::Key, "The segment that it adds."),
        Field::new(
            "percent",
            Shape::Share(100),
            "The percentage of units up to which it adds.",
        ),
        Field::new(
            "bake",
            Shape::Duration,
            "How long it lasts at least, such as `10m`.",
        ),
    ],
    either: Some(["segment", "percent"]),
};

const MODES: &[(&str, Mode)] = &[
    ("automatic", Mode::Automatic),
    ("advise", Mode::Advise),
    ("manual", Mode::Manual),
];
const ON_HARM: &[(&str, OnHarm)] = &[
    ("kill", OnHarm::Kill),
    ("back", OnHarm::Back),
    ("hold", OnHarm::Hold),
];

/// Reads a ramp.
pub(super) fn ramp(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Ramp> {
    let fields = Fields::open(json, place, &RAMP, issues)?;
    let rule = fields
        .required("rule", "name the rule that rises by its id", issues)
        .and_then(|json| field::text(json, &fields.place("rule"), issues));
    let mode = fields.optional_word("mode", MODES, issues);
    let on_harm = fields.optional_word("onHarm", ON_HARM, issues);
    let stages = stages(&fields, issues);
    let ramp = Ramp {
        rule: rule.unwrap_or_default(),
        mode: mode.unwrap_or(Mode::Manual),
        stage: position(&fields, issues),
        since: fields.instant("since", issues),
        guardrails: fields.texts("guardrails", issues),
        goals: fields.texts("goals", issues),
        on_harm: on_harm.unwrap_or(OnHarm::Kill),
        stages: stages?,
    };
    check_position(&ramp, &fields, issues);
    Some(ramp)
}

fn stages(fields: &Fields<'_>, issues: &mut Issues) -> Option<Vec<Stage>> {
    let mend =
        "write them, such as \"stages\": [{ \"percent\": 1, \"bake\": \"10m\" }, { \"percent\": 100 }]";
    let json = fields.required("stages", mend, issues)?;
    let place = fields.place("stages");
    let items = field::list(json, &place, issues)?;
    if items.is_empty() {
        issues.add(&place, "a ramp needs one stage at least", mend);
        return None;
    }
    if items.len() > MAX_STAGES {
        let message = format!("there are {} stages, and {MAX_STAGES} are allowed", items.len());
        issues.add(&place, message, "rise in larger steps");
    }
    let read = |(at, json)| stage(json, &place.at(Step::Index(at)), issues);
    let stages: Vec<Option<Stage>> = items.iter().enumerate().map(read).collect();
    let stages: Vec<Stage> = stages.into_iter().collect::<Option<_>>()?;
    check_rise(&stages, &place, issues);
    Some(stages)
}

fn stage(json: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<Stage> {
    let fields = Fields::open(json, place, &STAGE, issues)?;
    let name = fields.optional_text("name", issues);
    let bake = fields
        .get("bake")
        .and_then(|json| field::duration(json, &fields.place("bake"), issues));
    let mend = "add `segment` with a segment's name, or `percent`";
    let adds = match fields.either(["segment", "percent"], "a stage", mend, issues)? {
        ("segment", json) => field::text(json, &fields.place("segment"), issues).map(Adds::Segment),
        (_, json) => field::percent(json, "the traffic", &fields.place("percent"), issues).map(Adds::Percent),
    };
    Some(Stage {
        name: name.unwrap_or_default(),
        adds: adds?,
        bake: bake.unwrap_or_default(),
    })
}

/// Stages only ever add people.
fn check_rise(stages: &[Stage], place: &Place<'_>, issues: &mut Issues) {
    let mut highest = 0;
    for (at, stage) in stages.iter().enumerate() {
        let Adds::Percent(percent) = stage.adds else {
            continue;
        };
        if percent < highest {
            issues.add(
                &place.at(Step::Index(at)).at(Step::Name("percent")),
                "the percentage falls",
                "let each stage have at least the percentage of those before it",
            );
        }
        highest = highest.max(percent);
    }
}

fn position(fields: &Fields<'_>, issues: &mut Issues) -> Option<usize> {
    let json = fields.get("stage")?;
    let position = match json {
        Json::Number(number) => number.as_u64().and_then(|at| usize::try_from(at).ok()),
        _ => None,
    };
    if position.is_none() {
        issues.add(
            &fields.place("stage"),
            format!("{json} is no stage"),
            "write its position in `stages`, counted from 0, or leave it out before the first",
        );
    }
    position
}

fn check_position(ramp: &Ramp, fields: &Fields<'_>, issues: &mut Issues) {
    let last = ramp.stages.len() - 1;
    if let Some(at) = ramp.stage.filter(|at| *at > last) {
        issues.add(
            &fields.place("stage"),
            format!("there is no stage {at}: the last is {last}"),
            "stages are counted from 0",
        );
    }
}

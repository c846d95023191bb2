//! What is different about the ramp of a flag.

use super::Group;
use crate::definition::{Adds, Mode, OnHarm, Ramp, Stage};
use crate::read::place::Step;
use crate::words;

pub(super) fn ramp(group: &mut Group<'_>, old: Option<&Ramp>, new: Option<&Ramp>) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(_), None) => return group.add(&[Step::Name("ramp")], "ramp removed"),
        (None, Some(new)) => {
            let what = format!("ramp of the rule `{}` added: {}", new.rule, stages(&new.stages));
            return group.add(&[Step::Name("ramp")], what);
        }
        (Some(old), Some(new)) => (old, new),
    };
    let mut field = |name: &str, old: String, new: String| {
        if old != new {
            let what = format!("ramp: {name} {}", words::from_to(old, new));
            group.add(&[Step::Name("ramp"), Step::Name(name)], what);
        }
    };
    field("rule", format!("`{}`", old.rule), format!("`{}`", new.rule));
    field("mode", mode(old.mode).to_owned(), mode(new.mode).to_owned());
    field("stages", stages(&old.stages), stages(&new.stages));
    field("stage", at(old), at(new));
    field("since", since(old.since), since(new.since));
    field(
        "onHarm",
        on_harm(old.on_harm).to_owned(),
        on_harm(new.on_harm).to_owned(),
    );
    group.members("ramp.guardrails", "metric", &old.guardrails, &new.guardrails);
    group.members("ramp.goals", "metric", &old.goals, &new.goals);
}

fn stages(stages: &[Stage]) -> String {
    stages.iter().map(stage).collect::<Vec<_>>().join(", ")
}

fn stage(stage: &Stage) -> String {
    let adds = match &stage.adds {
        Adds::Segment(name) => format!("the segment `{name}`"),
        Adds::Percent(percent) => words::percent(*percent),
    };
    let bake = match stage.bake {
        0.0 => String::new(),
        bake => format!(" for {}", words::duration(bake)),
    };
    match stage.name.as_str() {
        "" => format!("{adds}{bake}"),
        name => format!("{name:?} {adds}{bake}"),
    }
}

fn at(ramp: &Ramp) -> String {
    let Some(at) = ramp.stage else {
        return "before the first".to_owned();
    };
    match ramp.stages.get(at) {
        Some(now) => format!("{at} ({})", stage(now)),
        None => at.to_string(),
    }
}

fn since(instant: Option<f64>) -> String {
    instant.map_or_else(|| "nothing".to_owned(), words::time)
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Automatic => "automatic",
        Mode::Advise => "advise",
        Mode::Manual => "manual",
    }
}

const fn on_harm(on_harm: OnHarm) -> &'static str {
    match on_harm {
        OnHarm::Kill => "kill",
        OnHarm::Back => "back",
        OnHarm::Hold => "hold",
    }
}

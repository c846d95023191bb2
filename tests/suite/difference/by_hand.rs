//! Changes of what is not read of JSON yet: definitions that were changed by hand.

use fader::definition::{
    Adds, Flag, Holdout, Item, Layer, LayerRange, Metric, MetricKind, Mode, OnHarm, Ramp, Stage, Worse,
};

use fader::ruleset::Stability;

use super::{FLAG, compare, read};

/// Compares a flag with one that was changed by hand, for what JSON is not read of yet.
#[track_caller]
fn by_hand(old: impl Fn(&mut Flag), new: impl Fn(&mut Flag), expected: &[&str]) {
    let of = |change: &dyn Fn(&mut Flag)| {
        let mut definition = read(&format!(
            r#""environment": "test", "flags": {{ "f": {{ {FLAG}, "rules": [{{ "id": "r", "serve": "on" }}] }} }}"#
        ));
        change(&mut definition.flags[0].1.content);
        definition
    };
    compare(&of(&old), &of(&new), expected);
}

#[test]
fn layers_holdouts_and_metrics() {
    let with = |salt: &str, percent: u32, worse: Worse| {
        let mut definition = read(r#""environment": "test", "flags": {}"#);
        let (unit, salt) = ("userId".to_owned(), salt.to_owned());
        let layer = Layer {
            unit: unit.clone(),
            salt: salt.clone(),
        };
        let holdout = Holdout { unit, salt, percent };
        let metric = Metric {
            kind: MetricKind::Amount,
            worse,
        };
        definition.layers = vec![named("l", layer)];
        definition.holdouts = vec![named("h", holdout)];
        definition.metrics = vec![named("m", metric)];
        definition
    };
    compare(
        &with("a", 200_000, Worse::More),
        &with("b", 250_000, Worse::Less),
        &[
            "layers.l.salt | salt from a to b",
            "holdouts.h.salt | salt from a to b",
            "holdouts.h.percent | percent from 2 % to 2.5 %",
            "metrics.m.worse | worse from more to less",
        ],
    );
}

fn named<T>(name: &str, content: T) -> (String, Item<T>) {
    let item = Item {
        content,
        refused: false,
    };
    (name.to_owned(), item)
}

#[test]
fn requirements_holdouts_and_layers() {
    let requires = |variants: &[&str]| {
        vec![(
            "g".to_owned(),
            variants.iter().map(|name| (*name).to_owned()).collect(),
        )]
    };
    by_hand(
        |_| {},
        |flag| flag.requires = requires(&["on"]),
        &["flags.f.requires.g | requires that `g` gives `on`"],
    );
    by_hand(
        |flag| flag.requires = requires(&["on"]),
        |flag| flag.requires = requires(&["on", "beta"]),
        &[r#"flags.f.requires | requires.g: 1 variant added: "beta""#],
    );
    by_hand(
        |flag| flag.requires = requires(&["on", "beta"]),
        |_| {},
        &["flags.f.requires.g | no longer requires that `g` gives one of `on`, `beta`"],
    );
    by_hand(
        |_| {},
        |flag| {
            flag.holdout = Some("q4".to_owned());
            flag.sticky = true;
            flag.stability = Stability::Session;
            flag.labels.owner = "team".to_owned();
            flag.labels.tags = vec!["t".to_owned()];
            flag.rules[0].layer = Some(LayerRange {
                name: "l".to_owned(),
                range: [0, 5_000_000],
            });
        },
        &[
            r#"flags.f.owner | owner from nothing to "team""#,
            r#"flags.f.tags | tags: 1 tag added: "t""#,
            "flags.f.stability | stability from page to session",
            "flags.f.holdout | holdout from none to `q4`",
            "flags.f.sticky | sticky from false to true",
            "flags.f.rules[0] | rule `r`: layer from none to `l` 0 % to 50 %",
        ],
    );
}

#[test]
fn ramps() {
    let stage = |adds: Adds, bake: f64| Stage {
        name: String::new(),
        adds,
        bake,
    };
    let ramp = Ramp {
        rule: "r".to_owned(),
        mode: Mode::Automatic,
        stages: vec![
            stage(Adds::Segment("staff".to_owned()), 0.0),
            stage(Adds::Percent(100_000), 600_000.0),
            stage(Adds::Percent(10_000_000), 0.0),
        ],
        stage: Some(1),
        since: None,
        guardrails: vec!["errors".to_owned()],
        goals: Vec::new(),
        on_harm: OnHarm::Kill,
    };
    let further = Ramp {
        mode: Mode::Advise,
        stage: Some(2),
        since: Some(1_794_963_600_000.0),
        guardrails: vec!["latency".to_owned()],
        on_harm: OnHarm::Back,
        ..ramp.clone()
    };
    by_hand(
        |_| {},
        |flag| flag.ramp = Some(ramp.clone()),
        &["flags.f.ramp | ramp of the rule `r` added: the segment `staff`, 1 % for 10m, 100 %"],
    );
    by_hand(
        |flag| flag.ramp = Some(ramp.clone()),
        |flag| flag.ramp = Some(further.clone()),
        &[
            "flags.f.ramp.mode | ramp: mode from automatic to advise",
            "flags.f.ramp.stage | ramp: stage from 1 (1 % for 10m) to 2 (100 %)",
            "flags.f.ramp.since | ramp: since from unknown to 2026-11-18T01:00:00Z",
            "flags.f.ramp.onHarm | ramp: onHarm from kill to back",
            r#"flags.f.ramp | ramp.guardrails: 1 metric added: "latency""#,
            r#"flags.f.ramp | ramp.guardrails: 1 metric removed: "errors""#,
        ],
    );
    by_hand(
        |flag| flag.ramp = Some(ramp.clone()),
        |_| {},
        &["flags.f.ramp | ramp removed"],
    );
}

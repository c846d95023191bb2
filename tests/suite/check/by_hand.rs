//! Findings about what is not read of JSON yet: definitions that were changed by hand.

use fader::check::check;
use fader::definition::{
    Adds, Check, Condition, Definition, Flag, Holdout, Item, Layer, LayerRange, Mode, Network, OnHarm, Ramp,
    Span, Stage,
};

use super::{NOW, VARIANTS, found, read};

const DAY: f64 = 86_400_000.0;

/// Makes two flags, each with a rule `a` for some people, and changes them.
fn two(change: impl FnOnce(&mut Definition)) -> Definition {
    let rules = r#""rules": [{ "id": "a", "where": { "a": 1 }, "serve": "on" }]"#;
    let mut definition = read(&format!(
        r#""flags": {{ "f": {{ {VARIANTS}, {rules} }}, "g": {{ {VARIANTS}, {rules} }} }}"#
    ));
    change(&mut definition);
    definition
}

fn flag(definition: &mut Definition, at: usize) -> &mut Flag {
    &mut definition.flags[at].1.content
}

fn named<T>(name: &str, content: T) -> (String, Item<T>) {
    let item = Item {
        content,
        refused: false,
    };
    (name.to_owned(), item)
}

fn layer(low: u32, high: u32) -> LayerRange {
    LayerRange {
        name: "l".to_owned(),
        range: [low * 100_000, high * 100_000],
    }
}

fn with_layers(ranges: [LayerRange; 2]) -> Definition {
    two(|definition| {
        let content = Layer {
            unit: "userId".to_owned(),
            salt: "l".to_owned(),
        };
        definition.layers = vec![named("l", content)];
        for (at, range) in ranges.into_iter().enumerate() {
            flag(definition, at).rules[0].layer = Some(range);
        }
    })
}

#[test]
fn layers() {
    assert_eq!(
        found(&with_layers([layer(0, 50), layer(40, 100)])),
        [
            "flags.g.rules[0].layer: layer-overlap: in the layer `l` the rule shares 40 % to 50 % with the rule `a` of the flag `f`: the same units may get both"
        ]
    );
    assert_eq!(found(&with_layers([layer(0, 50), layer(50, 100)])), [""; 0]);
    // Nobody is in both audiences.
    let mut apart = with_layers([layer(0, 50), layer(0, 50)]);
    flag(&mut apart, 0).rules[0].audience = Some(Condition::Not(Box::new(Condition::Test {
        attribute: "a".to_owned(),
        check: Check::Exists,
    })));
    assert_eq!(found(&apart), [""; 0]);
}

#[test]
fn rules_of_one_flag_in_a_layer() {
    let reach = |first: LayerRange, second: LayerRange| {
        let mut definition = with_layers([first, layer(0, 0)]);
        let mut rule = flag(&mut definition, 0).rules[0].clone();
        rule.id = "b".to_owned();
        rule.layer = Some(second);
        flag(&mut definition, 0).rules.push(rule);
        found(&definition)
    };
    assert_eq!(
        reach(layer(0, 50), layer(10, 50)),
        [
            "flags.f.rules[1]: unreachable: the rule `b` is never reached: `a` decides before it for whom it concerns (a is 1)"
        ]
    );
    assert_eq!(
        reach(layer(0, 50), layer(10, 51)),
        [
            "flags.f.rules[1].layer: info layer-overlap: the rule `b` is not reached in 10 % to 50 % of the layer `l`: `a` decides there before it"
        ]
    );
    assert_eq!(reach(layer(0, 50), layer(50, 60)), [""; 0]);
}

#[test]
fn layers_and_holdouts_that_draw_alike() {
    let definition = two(|definition| {
        let layer = Layer {
            unit: "userId".to_owned(),
            salt: "s".to_owned(),
        };
        let holdout = Holdout {
            unit: "userId".to_owned(),
            salt: "s".to_owned(),
            percent: 100_000,
        };
        definition.layers = vec![named("l", layer.clone()), named("m", layer)];
        definition.holdouts = vec![named("h", holdout)];
        for (at, name) in ["l", "m"].into_iter().enumerate() {
            flag(definition, at).rules[0].layer = Some(LayerRange {
                name: name.to_owned(),
                range: [0, 100_000],
            });
        }
    });
    assert_eq!(
        found(&definition),
        [
            "holdouts.h: unused: no flag asks for `h`",
            r#"layers.m: same-salt: `m` has the salt "s" and the unit `userId`, as `l` has: every unit falls on the same point of both"#,
        ]
    );
}

fn ramp(stage: usize, since: f64) -> Ramp {
    let stage_of = |adds| Stage {
        name: String::new(),
        adds,
        bake: 0.0,
    };
    Ramp {
        rule: "a".to_owned(),
        mode: Mode::Manual,
        stages: vec![
            stage_of(Adds::Percent(100_000)),
            stage_of(Adds::Percent(10_000_000)),
        ],
        stage: Some(stage),
        since: Some(since),
        guardrails: Vec::new(),
        goals: Vec::new(),
        on_harm: OnHarm::Kill,
    }
}

#[test]
fn ramps_that_arrived() {
    let at = |stage, since| {
        found(&two(|definition| {
            flag(definition, 0).ramp = Some(ramp(stage, since));
        }))
    };
    assert_eq!(
        at(1, NOW - 31.0 * DAY),
        ["flags.f.ramp: finished: the ramp has been at 100 % since 2026-10-21T12:00:00Z"]
    );
    assert_eq!(at(1, NOW - 29.0 * DAY), [""; 0]);
    assert_eq!(at(0, NOW - 31.0 * DAY), [""; 0]);
}

/// How many a ramp admits changes, so nothing is said of what comes after its rule.
#[test]
fn rules_after_a_ramp() {
    let definition = two(|definition| {
        let flag = flag(definition, 0);
        let mut rule = flag.rules[0].clone();
        rule.id = "b".to_owned();
        flag.rules.push(rule);
        flag.ramp = Some(ramp(0, NOW));
    });
    assert_eq!(found(&definition), [""; 0]);
}

fn requires(key: &str, variant: &str) -> Vec<(String, Vec<String>)> {
    vec![(key.to_owned(), vec![variant.to_owned()])]
}

#[test]
fn requirements() {
    let of = |change: &dyn Fn(&mut Definition)| {
        let definition = two(|definition| {
            flag(definition, 0).requires = requires("g", "on");
            change(definition);
        });
        found(&definition)
            .into_iter()
            .filter(|finding| finding.contains("dead"))
            .collect::<Vec<_>>()
    };
    let dead = "flags.f.requires.g: dead: the flag gives `off` to everybody who is not overridden: it requires that `g` gives `on`, which gives `off` only";
    assert_eq!(of(&|_| {}), [""; 0]);
    assert_eq!(
        of(&|definition| flag(definition, 1).state = fader::ruleset::State::Killed),
        [dead]
    );
    assert_eq!(
        of(&|definition| flag(definition, 1).state = fader::ruleset::State::Off),
        [dead]
    );
    assert_eq!(of(&|definition| flag(definition, 1).rules.clear()), [dead]);
    // An override may still give it.
    assert_eq!(
        of(&|definition| {
            flag(definition, 1).state = fader::ruleset::State::Off;
            flag(definition, 1).overrides = vec![("on".to_owned(), vec!["u-1".to_owned()])];
        }),
        [""; 0]
    );
    // And so may an assignment that the host remembers.
    assert_eq!(
        of(&|definition| {
            flag(definition, 1).rules.clear();
            flag(definition, 1).sticky = true;
        }),
        [""; 0]
    );
}

#[test]
fn requirements_in_a_chain_of_any_length() {
    const LENGTH: usize = 20_000;
    let mut definition = two(|_| {});
    let model = definition.flags[0].1.clone();
    definition.flags = (0..LENGTH)
        .map(|at| {
            let mut item = model.clone();
            item.content.requires = requires(&format!("f{}", at + 1), "on");
            (format!("f{at}"), item)
        })
        .collect();
    let last = &mut definition.flags[LENGTH - 1].1.content;
    last.requires.clear();
    last.state = fader::ruleset::State::Killed;
    let findings = check(&definition, NOW, None);
    let dead = findings.iter().filter(|finding| finding.code == "dead");
    assert_eq!(dead.count(), LENGTH - 1);
}

#[test]
fn conditions_on_flags() {
    let asks = |variant: &str| {
        let variants = vec![variant.to_owned()];
        let asked = Condition::Flag {
            key: "g".to_owned(),
            variants,
        };
        found(&two(|definition| {
            flag(definition, 0).rules[0].audience = Some(Condition::All(vec![asked.clone()]));
            flag(definition, 1).rules.clear();
        }))
    };
    let of_g = [
        "flags.g.variants.on: never-given: the variant `on` can never be given",
        "flags.g: info constant: the flag gives `off` to everybody",
    ];
    assert_eq!(asks("off"), of_g);
    assert_eq!(
        asks("on")[0],
        "flags.f.rules[0].where: dead: the rule `a` never decides: it asks that `g` gives `on`, which gives `off` only"
    );
}

/// Asks whether two checks of one attribute can hold at once.
#[track_caller]
fn clash(left: Check, right: Check, expected: bool) {
    let parts = [left, right].map(|check| Condition::Test {
        attribute: "a".to_owned(),
        check,
    });
    let found = found(&two(|definition| {
        flag(definition, 0).rules[0].audience = Some(Condition::All(parts.to_vec()));
    }));
    let clashes = found.iter().any(|finding| finding.contains("never-holds"));
    assert_eq!(clashes, expected, "{parts:?}: {found:?}");
}

#[test]
fn checks_of_times_addresses_and_lists() {
    let days = |days| Check::Weekday { days, offset: 0 };
    clash(days(0b1), days(0b110), true);
    clash(days(0b11), days(0b110), false);
    clash(
        days(0b1),
        Check::Weekday {
            days: 0b10,
            offset: 60,
        },
        false,
    );
    let hours = |from, until| Check::Hour {
        from,
        until,
        offset: 0,
    };
    clash(hours(9, 17), hours(17, 9), true);
    clash(hours(9, 17), hours(22, 10), false);
    let before = |end| Check::Instant(Span::Before(end));
    let after = |start| Check::Instant(Span::After(start));
    clash(before(5.0), after(5.0), true);
    clash(before(5.0), after(4.0), false);
    clash(before(5.0), Check::Instant(Span::Within(5.0, 9.0)), true);
    // A string may be an instant, and a number may be both.
    clash(before(5.0), Check::NumberIn(vec![9.0]), false);
    let network = |last: u128, prefix| {
        Check::Cidr(vec![Network {
            address: 0xffff_0a00_0000 + last,
            prefix,
        }])
    };
    clash(network(0, 120), network(256, 120), true);
    clash(network(0, 112), network(256, 120), false);
    clash(Check::Size(0, 2), Check::Size(3, 9), true);
    clash(Check::Size(0, 3), Check::Size(3, 9), false);
    let element = |check| {
        Check::Some(Box::new(Condition::Test {
            attribute: String::new(),
            check,
        }))
    };
    // One element may be the one, and another the other.
    clash(element(Check::Is(true)), element(Check::Is(false)), false);
    clash(element(Check::Is(true)), Check::Is(true), true);
    let part = |low, high| Check::Percent {
        salt: "s".to_owned(),
        range: [low, high],
    };
    clash(part(0, 5), part(5, 9), true);
    clash(part(0, 6), part(5, 9), false);
}

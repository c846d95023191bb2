//! Draws of different salts know nothing of each other. Salts and units are fixed, so that the outcome is, too.

use fader::bucket::{Draw, Seed};

/// How many flags draw.
const FLAGS: usize = 200;
/// How many units each of them draws.
const UNITS: usize = 6_400;

fn units() -> Vec<String> {
    (0..UNITS).map(|at| format!("u-{at}")).collect()
}

fn seeds(draw: Draw) -> Vec<Seed> {
    (0..FLAGS).map(|at| draw.seed(&format!("flag-{at}"))).collect()
}

/// For each unit whether its point is in the lower half: a bit.
fn halves(seed: Seed, units: &[String]) -> Vec<u64> {
    let is_low = |unit: &String| seed.point(unit.as_bytes()) < 1 << 31;
    let word = |units: &[String]| {
        units
            .iter()
            .fold(0, |word, unit| word << 1 | u64::from(is_low(unit)))
    };
    units.chunks(64).map(word).collect()
}

fn ones(words: impl Iterator<Item = u64>) -> f64 {
    f64::from(words.map(u64::count_ones).sum::<u32>())
}

/// The chi-square of a table of two draws by two halves, of one degree of freedom.
fn dependence(left: &[u64], right: &[u64]) -> f64 {
    let all = ones(left.iter().map(|_| u64::MAX));
    let (lefts, rights) = (ones(left.iter().copied()), ones(right.iter().copied()));
    let both = ones(left.iter().zip(right).map(|(left, right)| left & right));
    let cross = both * all - lefts * rights;
    cross * cross / (lefts * rights * (all - lefts) * (all - rights)) * all
}

/// A value over 34.2 has a probability of 5e-9; in 20,000 pairs one would be there once in 10,000 tries.
const RAREST: f64 = 34.2;
/// A value over this has a probability of one in twenty.
const UNUSUAL: f64 = 3.841;

#[track_caller]
fn independent(values: &[f64]) {
    let worst = values.iter().copied().fold(0.0, f64::max);
    assert!(worst < RAREST, "two draws have a chi-square of {worst}");
    let count = |values: usize| f64::from(u32::try_from(values).unwrap());
    let unusual = count(values.iter().filter(|value| **value > UNUSUAL).count()) / count(values.len());
    let spread = 4.0 * (0.05 * 0.95 / count(values.len())).sqrt();
    assert!(
        (unusual - 0.05).abs() < spread,
        "{unusual} of the pairs are unusual, and not 0.05 ± {spread}"
    );
}

#[test]
fn two_flags_draw_independently() {
    let units = units();
    let draws: Vec<_> = seeds(Draw::Split)
        .into_iter()
        .map(|seed| halves(seed, &units))
        .collect();
    let pairs = (0..FLAGS).flat_map(|left| (0..left).map(move |right| (left, right)));
    let values: Vec<f64> = pairs
        .map(|(left, right)| dependence(&draws[left], &draws[right]))
        .collect();
    assert_eq!(values.len(), 19_900);
    independent(&values);
}

#[test]
fn traffic_and_split_of_a_flag_are_independent() {
    let units = units();
    let pairs = seeds(Draw::Traffic).into_iter().zip(seeds(Draw::Split));
    let values = pairs.map(|(traffic, split)| dependence(&halves(traffic, &units), &halves(split, &units)));
    independent(&values.collect::<Vec<f64>>());
}

#[test]
fn each_draw_spreads_the_units_evenly() {
    const PARTS: usize = 20;
    let units = units();
    let expected = f64::from(u32::try_from(UNITS / PARTS).unwrap());
    let values = seeds(Draw::Split).into_iter().map(|seed| {
        let mut counts = [0.0; PARTS];
        for unit in &units {
            let part = (u64::from(seed.point(unit.as_bytes())) * PARTS as u64) >> 32;
            counts[usize::try_from(part).unwrap()] += 1.0;
        }
        counts
            .iter()
            .map(|count: &f64| (count - expected).powi(2) / expected)
            .sum()
    });
    let values: Vec<f64> = values.collect();
    // With 19 degrees of freedom a value over 70.3 has a probability of one in ten million.
    assert!(values.iter().all(|value: &f64| *value < 70.3), "{values:?}");
    // Their mean is 19, give or take four times √(2 × 19 / 200).
    let mean = values.iter().sum::<f64>() / 200.0;
    assert!((mean - 19.0).abs() < 1.75, "{mean}");
}

//! Counts what evaluations allocate natively, after the first of each subject has made room. Prints one number.

#![allow(clippy::print_stdout)]

#[path = "native/input.rs"]
mod input;

use std::error::Error;
use std::hint::black_box;

use input::Work;

const EVALUATIONS: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut works = Vec::new();
    for name in ["w1", "w2", "w3"] {
        works.push(Work::read(name)?);
    }
    let mut outcomes = Vec::new();
    let mut evaluate = || {
        for work in &mut works {
            for _ in 0..EVALUATIONS {
                black_box(work.one());
                work.all(&mut outcomes);
            }
        }
    };
    evaluate();
    let found = allocation_counter::measure(evaluate);
    println!("allocations: {}", found.count_total);
    Ok(())
}

//! The committed corpora and mutations of them, through what the fuzzers do. `docs/testing.md` says how to run those.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use crate::bodies::{TARGETS, run};
use crate::oracle::generate::Random;

/// How many mutations each target gets: some seconds in all.
const MUTATIONS: usize = 300;

#[test]
fn nothing_in_the_corpora_does_harm() {
    for target in TARGETS {
        for (name, bytes) in corpus(target) {
            run_named(target, &name, &bytes);
        }
    }
}

#[test]
fn no_mutation_of_the_corpora_does_harm() {
    for target in TARGETS {
        let corpus = corpus(target);
        for seed in 0..MUTATIONS {
            let mut random = Random::new(seed as u64);
            let (name, bytes) = random.pick(&corpus).clone();
            let mutated = mutate(bytes, &corpus, &mut random);
            run_named(target, &format!("mutation {seed}, of {name}"), &mutated);
        }
    }
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let read = |entry: fs::DirEntry| {
        (
            entry.file_name().display().to_string(),
            fs::read(entry.path()).unwrap(),
        )
    };
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| read(entry.unwrap()))
        .collect();
    files.sort();
    assert!(files.len() > 10, "{target} has only {} files", files.len());
    files
}

fn run_named(target: &str, name: &str, bytes: &[u8]) {
    let result = catch_unwind(|| run(target, bytes));
    assert!(result.is_ok(), "{target}: {name}: {}", bytes.escape_ascii());
}

/// Does some of what fuzzers do: turns bits, sets bytes, and takes out, doubles and borrows runs of bytes.
fn mutate(mut bytes: Vec<u8>, corpus: &[(String, Vec<u8>)], random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        let start = random.below(bytes.len() + 1);
        let end = (start + random.below(16)).min(bytes.len());
        match random.below(5) {
            0 if start < bytes.len() => bytes[start] ^= 1 << random.below(8),
            1 if start < bytes.len() => bytes[start] = *random.pick(&[0, 1, 127, 128, 255, b'"', b'-', b'9']),
            2 => drop(bytes.drain(start..end)),
            3 => {
                let run = bytes[start..end].to_vec();
                drop(bytes.splice(start..start, run));
            }
            _ => {
                let (_, other) = random.pick(corpus);
                let from = random.below(other.len() + 1);
                let to = (from + random.below(16)).min(other.len());
                drop(bytes.splice(start..end, other[from..to].iter().copied()));
            }
        }
    }
    bytes
}

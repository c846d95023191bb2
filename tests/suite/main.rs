//! Everything that is tested natively, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]
// A table of cases is as long as there are cases.
#![allow(clippy::too_many_lines)]

#[path = "../golden/mod.rs"]
mod golden;

mod bucket;
mod fold;
mod snapshot;
mod validate;

#[test]
fn golden_cases() {
    let (count, failures) = golden::run();
    assert!(count > 100, "only {count} golden cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

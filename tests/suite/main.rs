//! Everything that is tested natively, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]
// A table of cases is as long as there are cases.
#![allow(clippy::too_many_lines)]

#[path = "../golden/mod.rs"]
mod golden;

mod bucket;
mod context;
mod fold;
mod snapshot;
mod validate;

#[test]
fn golden_cases() {
    golden::run();
}

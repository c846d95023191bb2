//! Everything that is tested natively, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]
// A table of cases is as long as there are cases.
#![allow(clippy::too_many_lines)]

#[path = "../../fuzz/bodies.rs"]
mod bodies;
#[path = "../golden/mod.rs"]
mod golden;
#[path = "../oracle/mod.rs"]
mod oracle;

mod bucket;
mod chain;
mod check;
mod compared;
mod context;
mod defects;
mod difference;
mod digest;
mod docs;
mod draws;
mod fold;
mod fuzz;
mod limits;
mod projection;
mod properties;
mod schema;
mod snapshot;
mod texts;
mod types;
mod validate;
mod vectors;

#[test]
fn golden_cases() {
    golden::run();
}

#![no_main]

#[path = "../bodies.rs"]
mod bodies;
#[path = "../../tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::run("definition", bytes));

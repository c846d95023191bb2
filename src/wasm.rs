//! The JavaScript binding. It decodes, calls and encodes, and decides nothing.

#[cfg(feature = "control")]
pub mod control;
pub mod engine;

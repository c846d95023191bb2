//! Fader decides who gets what: feature flags, evaluated the same wherever the code runs.
//!
//! A definition is validated and compiled once into a snapshot; a snapshot is loaded without parsing into a [`Ruleset`];
//! a ruleset, a context and an instant give an [`Outcome`].
//! Nothing here reads a clock, draws at random, does I/O or keeps globals.

#![cfg_attr(all(target_arch = "wasm32", not(feature = "control")), no_std)]

extern crate alloc;

pub mod automaton;
#[cfg(all(target_arch = "wasm32", not(feature = "control")))]
mod bare;
pub mod bucket;
#[cfg(feature = "control")]
pub mod check;
#[cfg(feature = "control")]
pub mod compile;
pub mod context;
#[cfg(feature = "control")]
pub mod definition;
#[cfg(feature = "control")]
pub mod difference;
pub mod digest;
pub mod digits;
pub mod error;
pub mod evaluate;
#[cfg(feature = "control")]
pub mod explain;
pub mod id;
pub mod instant;
#[cfg(feature = "control")]
pub mod json;
pub mod load;
pub mod operand;
pub mod operator;
#[cfg(feature = "control")]
pub mod projection;
#[cfg(feature = "control")]
pub mod read;
pub mod ruleset;
#[cfg(feature = "control")]
pub mod schema;
pub mod snapshot;
#[cfg(feature = "control")]
pub mod subject;
pub mod trace;
#[cfg(feature = "control")]
pub mod types;
#[cfg(feature = "control")]
pub mod validate;
#[cfg(feature = "wasm")]
pub mod wasm;
#[cfg(feature = "control")]
pub mod words;

pub use error::Error;
pub use ruleset::Ruleset;
pub use trace::Outcome;

//! Regular expressions as automata.

/// What a regular expression is compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Automaton;

/// Compiles a regular expression.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn compile(pattern: &str, _ignores_case: bool) -> Result<Automaton, String> {
    if pattern.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(Automaton)
}

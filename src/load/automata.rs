//! Regular expressions.

use super::Faults;
use crate::automaton::{Automata, Row};
use crate::snapshot::Columns;
use alloc::vec::Vec;

const SECTION: &str = "automata";

/// Reads the automata: each byte has a class, and each transition leads to a state.
pub(super) fn automata(columns: &mut Columns<'_>, faults: &mut Faults) -> Automata {
    let count = columns.automaton_states().len();
    let (mut bytes, mut transitions) = (0, 0);
    let mut rows = Vec::with_capacity(count);
    let mut classes = Vec::with_capacity(columns.byte_classes().len());
    let mut next = Vec::with_capacity(columns.transitions().len());
    for _ in 0..count {
        let states = columns.automaton_states().row();
        let start = columns.automaton_starts().row();
        let ends = columns.automaton_classes().row();
        let of_bytes = faults.run(&mut bytes, 256, classes.capacity(), SECTION);
        for _ in 0..of_bytes.length {
            let class = columns.byte_classes().row();
            faults.expect(class < ends, SECTION);
            classes.push(class.to_le_bytes()[0]);
        }
        let stride = ends.saturating_add(1);
        let of_states = faults.run(
            &mut transitions,
            states.saturating_mul(stride),
            next.capacity(),
            SECTION,
        );
        for _ in 0..of_states.length {
            let state = columns.transitions().row();
            faults.expect(state < states, SECTION);
            next.push(narrow(state));
        }
        faults.expect(start < states && states <= 1 << 16 && ends <= 1 << 8, SECTION);
        rows.push(Row {
            start: narrow(start),
            stride,
            first: of_states.start,
        });
    }
    Automata {
        rows: rows.into(),
        classes: classes.into(),
        transitions: next.into(),
    }
}

/// There are at most 2¹⁶ states.
fn narrow(state: u32) -> u16 {
    let [low, high, ..] = state.to_le_bytes();
    u16::from_le_bytes([low, high])
}

//! Expression to automaton: what is done once, at publish.

use regex_automata::Input;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_syntax::ast::{self, AssertionKind, Ast, ClassPerlKind, ClassSet, ClassSetItem};
use regex_syntax::hir::translate::TranslatorBuilder;
use std::collections::BTreeMap;

use super::{DEAD, MATCH};

/// How many bytes the transitions of an automaton may take.
pub const MAX_BYTES: usize = 64 * 1024;

/// How deep groups may stand in groups.
const MAX_NESTING: u32 = 50;
/// What building may take before the automaton is as small as it can be.
const BUILDING_BYTES: usize = 2 * 1024 * 1024;

/// An automaton as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Automaton {
    /// The state in which it begins.
    pub start: u32,
    /// How many classes it tells bytes apart by.
    pub classes: u32,
    /// The class of each byte.
    pub byte_classes: Vec<u32>,
    /// The next state for each class and the end of the text, state after state.
    pub transitions: Vec<u32>,
}

impl Automaton {
    /// Returns how many states it has.
    #[must_use]
    pub fn states(&self) -> usize {
        self.transitions.len() / (self.classes as usize + 1)
    }
}

/// Compiles an expression that may fit anywhere in a text.
///
/// # Errors
///
/// In words, what is wrong with the expression, or that its automaton would be too large.
pub fn compile(pattern: &str, ignores_case: bool) -> Result<Automaton, String> {
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(MAX_NESTING).build();
    let mut tree = parser
        .parse(pattern)
        .map_err(|error| format!("at {}: {}", error.span().start.column, error.kind()))?;
    to_ascii(&mut tree);
    let hir = TranslatorBuilder::new()
        .case_insensitive(ignores_case)
        .build()
        .translate(pattern, &tree)
        .map_err(|error| error.kind().to_string())?;
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().nfa_size_limit(Some(BUILDING_BYTES)))
        .build_from_hir(&hir)
        .map_err(|_| too_large())?;
    let config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .minimize(true)
        .dfa_size_limit(Some(BUILDING_BYTES / 4))
        .determinize_size_limit(Some(BUILDING_BYTES));
    let dfa = dense::Builder::new()
        .configure(config)
        .build_from_nfa(&nfa)
        .map_err(|_| too_large())?;
    let automaton = Table::new(&dfa)?.finish();
    if automaton.transitions.len() * size_of::<u16>() > MAX_BYTES {
        return Err(too_large());
    }
    Ok(automaton)
}

fn too_large() -> String {
    format!("its automaton would take more than {MAX_BYTES} bytes; ask for less, or use fewer repetitions")
}

/// Numbers the states as they are found: those in which something fits are one, and so are those from which nothing can.
struct Table<'a> {
    dfa: &'a dense::DFA<Vec<u32>>,
    /// A byte of each class.
    samples: Vec<u8>,
    byte_classes: Vec<u32>,
    numbers: BTreeMap<StateID, u32>,
    found: Vec<StateID>,
    start: u32,
}

impl<'a> Table<'a> {
    fn new(dfa: &'a dense::DFA<Vec<u32>>) -> Result<Self, String> {
        let classes = dfa.byte_classes();
        let byte_classes: Vec<u32> = (0..=u8::MAX).map(|byte| classes.get(byte).into()).collect();
        let count = byte_classes.iter().max().map_or(0, |class| class + 1);
        let sample = |class| (0..=u8::MAX).find(|byte| u32::from(classes.get(*byte)) == class);
        let start = dfa
            .start_state_forward(&Input::new(""))
            .map_err(|error| error.to_string())?;
        let mut table = Self {
            dfa,
            samples: (0..count).filter_map(sample).collect(),
            byte_classes,
            numbers: BTreeMap::new(),
            found: Vec::new(),
            start: 0,
        };
        table.start = table.number(start);
        Ok(table)
    }

    fn number(&mut self, state: StateID) -> u32 {
        if self.dfa.is_dead_state(state) || self.dfa.is_quit_state(state) {
            return DEAD.into();
        }
        if self.dfa.is_match_state(state) {
            return MATCH.into();
        }
        let next = self.numbers.len() + usize::from(MATCH) + 1;
        // What is too large to be stored is refused afterwards.
        let next = u32::try_from(next).unwrap_or(u32::MAX);
        *self.numbers.entry(state).or_insert_with(|| {
            self.found.push(state);
            next
        })
    }

    fn finish(mut self) -> Automaton {
        let stride = self.samples.len() + 1;
        let mut transitions = vec![u32::from(DEAD); stride];
        transitions.resize(2 * stride, u32::from(MATCH));
        let mut at = 0;
        while let Some(state) = self.found.get(at).copied() {
            at += 1;
            for class in 0..self.samples.len() {
                let next = self.dfa.next_state(state, self.samples[class]);
                transitions.push(self.number(next));
            }
            let end = self.dfa.next_eoi_state(state);
            transitions.push(self.number(end));
        }
        Automaton {
            start: self.start,
            classes: u32::try_from(self.samples.len()).unwrap_or(u32::MAX),
            byte_classes: self.byte_classes,
            transitions,
        }
    }
}

/// Makes classes and word boundaries those of ASCII, as they are in JavaScript. The depth was bounded by the parser.
fn to_ascii(tree: &mut Ast) {
    match tree {
        Ast::ClassPerl(class) => *tree = parsed(perl(&class.kind, class.negated)),
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::WordBoundary => *tree = parsed(r"(?-u:\b)"),
            AssertionKind::NotWordBoundary => *tree = parsed(r"(?-u:\B)"),
            _ => {}
        },
        Ast::ClassBracketed(class) => set_to_ascii(&mut class.kind),
        Ast::Repetition(repetition) => to_ascii(&mut repetition.ast),
        Ast::Group(group) => to_ascii(&mut group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(to_ascii),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(to_ascii),
        Ast::Empty(_) | Ast::Flags(_) | Ast::Literal(_) | Ast::Dot(_) | Ast::ClassUnicode(_) => {}
    }
}

fn set_to_ascii(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => item_to_ascii(item),
        ClassSet::BinaryOp(operation) => {
            set_to_ascii(&mut operation.lhs);
            set_to_ascii(&mut operation.rhs);
        }
    }
}

fn item_to_ascii(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(class) => {
            if let Ast::ClassBracketed(ascii) = &parsed(perl(&class.kind, class.negated)) {
                *item = ClassSetItem::Bracketed(ascii.clone());
            }
        }
        ClassSetItem::Bracketed(class) => set_to_ascii(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(item_to_ascii),
        _ => {}
    }
}

const fn perl(kind: &ClassPerlKind, negated: bool) -> &'static str {
    match (kind, negated) {
        (ClassPerlKind::Digit, false) => "[0-9]",
        (ClassPerlKind::Digit, true) => "[^0-9]",
        (ClassPerlKind::Space, false) => r"[\t\n\x0B\x0C\r ]",
        (ClassPerlKind::Space, true) => r"[^\t\n\x0B\x0C\r ]",
        (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
        (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
    }
}

/// Parses one of the expressions above, which are right.
fn parsed(pattern: &str) -> Ast {
    let parsed = ast::parse::Parser::new().parse(pattern);
    parsed.unwrap_or_else(|error| Ast::empty(*error.span()))
}

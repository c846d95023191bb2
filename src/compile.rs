//! Definition to snapshot: names become indices, conditions become nodes, and equal things become one.

pub mod audience;

use std::collections::BTreeMap;

use crate::definition::{Choice, Definition, Flag, Item, Rule, Segment};
use crate::id::{NodeId, TestId};
use crate::load::NEEDS_NOTHING_KNOWN;
use crate::operator::Code;
use crate::ruleset::Node;
use crate::snapshot::Snapshot;

/// Compiles a definition that was validated.
///
/// Refused flags are in the snapshot by their key alone, so that they answer `PARSE_ERROR` and nothing else is harmed.
#[must_use]
pub fn compile(definition: &Definition) -> Snapshot {
    let mut compiler = Compiler::default();
    compiler.document(definition);
    compiler.segments = definition
        .segments
        .iter()
        .map(|(name, segment)| (name.as_str(), Named::Waiting(segment)))
        .collect();
    let mut flags: Vec<&(String, Item<Flag>)> = definition.flags.iter().collect();
    flags.sort_by(|left, right| left.0.cmp(&right.0));
    // A key that stands twice is an issue; its flags are refused, and one is enough to say so.
    flags.dedup_by(|left, right| left.0 == right.0);
    for (key, flag) in flags {
        if flag.refused {
            compiler.refused(key);
        } else {
            compiler.flag(key, &flag.content);
        }
    }
    compiler.snapshot
}

/// A segment, before and after the first flag asks for it.
#[derive(Clone, Copy)]
enum Named<'a> {
    Waiting(&'a Item<Segment>),
    Compiled(u32),
}

#[derive(Default)]
struct Compiler<'a> {
    snapshot: Snapshot,
    texts: BTreeMap<String, u32>,
    numbers: BTreeMap<u64, u32>,
    attributes: BTreeMap<String, u32>,
    tests: BTreeMap<(u32, u32, Vec<u32>), TestId>,
    nodes: BTreeMap<(TestId, NodeId, NodeId), NodeId>,
    segments: BTreeMap<&'a str, Named<'a>>,
}

/// Counts rows. A definition of 25 MB has far fewer than 2³² of anything.
#[allow(clippy::cast_possible_truncation)]
const fn row(count: usize) -> u32 {
    count as u32
}

impl<'a> Compiler<'a> {
    fn document(&mut self, definition: &Definition) {
        let environment = self.text(&definition.environment);
        // The two halves of 64 bits.
        #[allow(clippy::cast_possible_truncation)]
        let halves = [(definition.revision >> 32) as u32, definition.revision as u32];
        self.snapshot.document = vec![environment, halves[0], halves[1]];
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(id) = self.texts.get(text) {
            return *id;
        }
        let id = row(self.snapshot.text_lengths.len());
        self.snapshot.text.push_str(text);
        self.snapshot.text_lengths.push(row(text.len()));
        self.texts.insert(text.to_owned(), id);
        id
    }

    fn number(&mut self, number: f64) -> u32 {
        let numbers = &mut self.snapshot.numbers;
        *self.numbers.entry(number.to_bits()).or_insert_with(|| {
            numbers.push(number);
            row(numbers.len() - 1)
        })
    }

    fn attribute(&mut self, path: &str) -> u32 {
        if let Some(id) = self.attributes.get(path) {
            return *id;
        }
        let id = row(self.attributes.len());
        let text = self.text(path);
        self.snapshot.attribute_paths.push(text);
        self.attributes.insert(path.to_owned(), id);
        id
    }

    fn test(&mut self, attribute: u32, code: Code, words: Vec<u32>) -> TestId {
        let key = (attribute, code as u32, words);
        if let Some(id) = self.tests.get(&key) {
            return *id;
        }
        let id = TestId(row(self.tests.len()));
        self.snapshot.test_attributes.push(key.0);
        self.snapshot.test_codes.push(key.1);
        self.snapshot.test_lengths.push(row(key.2.len()));
        self.snapshot.words.extend_from_slice(&key.2);
        self.tests.insert(key, id);
        id
    }

    fn node(&mut self, test: TestId, yes: NodeId, no: NodeId) -> NodeId {
        let snapshot = &mut self.snapshot;
        *self.nodes.entry((test, yes, no)).or_insert_with(|| {
            snapshot.node_tests.push(test.0);
            snapshot.node_yes.push(yes.0);
            snapshot.node_no.push(no.0);
            NodeId(row(snapshot.node_tests.len()) - 1 + Node::FIRST)
        })
    }

    fn refused(&mut self, key: &str) {
        let key = self.text(key);
        self.push_flag([key, 0, 0, NEEDS_NOTHING_KNOWN, 0, 0, 0, 0, 0, 0]);
    }

    fn push_flag(&mut self, row: [u32; 10]) {
        let snapshot = &mut self.snapshot;
        let columns = [
            &mut snapshot.flag_keys,
            &mut snapshot.flag_kinds,
            &mut snapshot.flag_states,
            &mut snapshot.flag_needs,
            &mut snapshot.flag_units,
            &mut snapshot.flag_variants,
            &mut snapshot.flag_safes,
            &mut snapshot.flag_otherwises,
            &mut snapshot.flag_overrides,
            &mut snapshot.flag_rules,
        ];
        for (column, value) in columns.into_iter().zip(row) {
            column.push(value);
        }
    }

    fn flag(&mut self, key: &str, flag: &'a Flag) {
        let variant = |name: &str| {
            row(flag
                .variants
                .iter()
                .position(|(variant, _)| variant == name)
                .unwrap_or(0))
        };
        let text = self.text(key);
        let unit = self.attribute(&flag.unit);
        for (name, value) in &flag.variants {
            let name = self.text(name);
            let value = self.text(&value.to_string());
            self.snapshot.variant_names.push(name);
            self.snapshot.variant_values.push(value);
        }
        let overrides = self.overrides(flag, variant);
        for rule in &flag.rules {
            self.rule(key, rule, variant);
        }
        self.push_flag([
            text,
            flag.kind as u32,
            flag.state as u32,
            0,
            unit,
            row(flag.variants.len()),
            variant(&flag.safe),
            variant(&flag.otherwise),
            overrides,
            row(flag.rules.len()),
        ]);
    }

    /// Units are found by binary search, so they stand in the order of their bytes.
    fn overrides(&mut self, flag: &Flag, variant: impl Fn(&str) -> u32) -> u32 {
        let units_of = |(name, units): &'_ (String, Vec<String>)| {
            let variant = variant(name);
            units
                .iter()
                .map(move |unit| (unit.clone(), variant))
                .collect::<Vec<_>>()
        };
        let mut overrides: Vec<(String, u32)> = flag.overrides.iter().flat_map(units_of).collect();
        overrides.sort_unstable();
        for (unit, variant) in &overrides {
            let unit = self.text(unit);
            self.snapshot.override_units.push(unit);
            self.snapshot.override_variants.push(*variant);
        }
        row(overrides.len())
    }

    fn rule(&mut self, key: &str, rule: &Rule, variant: impl Fn(&str) -> u32) {
        let audience = match &rule.audience {
            Some(condition) => self.condition(condition, Node::ADMIT, Node::DECLINE),
            None => Node::ADMIT,
        };
        let id = self.text(&rule.id);
        let own_salt = rule.salt.as_deref().filter(|salt| *salt != key);
        let salt = own_salt.map_or(0, |salt| self.text(salt) + 1);
        let [from, until] =
            [rule.from, rule.until].map(|instant| instant.map_or(0, |instant| self.number(instant) + 1));
        let snapshot = &mut self.snapshot;
        let (serve, slices) = match &rule.choice {
            Choice::Serve(name) => (variant(name) + 1, 0),
            Choice::Split(slices) => {
                snapshot
                    .slice_variants
                    .extend(slices.iter().map(|(name, _)| variant(name)));
                snapshot
                    .slice_weights
                    .extend(slices.iter().map(|(_, weight)| weight));
                (0, row(slices.len()))
            }
        };
        snapshot.rule_ids.push(id);
        snapshot.rule_audiences.push(audience.0);
        snapshot.rule_froms.push(from);
        snapshot.rule_untils.push(until);
        snapshot
            .rule_traffics
            .push(rule.traffic.map_or(0, |percent| percent + 1));
        snapshot.rule_salts.push(salt);
        snapshot.rule_serves.push(serve);
        snapshot.rule_slices.push(slices);
    }
}

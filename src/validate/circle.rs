//! Circles: flags that ask for themselves by way of requirements, conditions and segments.
//!
//! Nothing here recurses, so that a chain may have any length.

use std::collections::BTreeMap;

use super::asked::Asked;
use crate::definition::Definition;

/// How many ways are looked at to find the circle of one flag.
const LOOKED_AT: usize = 100;

/// Returns for each flag the circle that it stands in, in words such as `a → b → a`.
pub(super) fn circles(definition: &Definition) -> Vec<Option<String>> {
    let graph = Graph::of(definition);
    let groups = Grouping::of(&graph.ways);
    let circle = |node| graph.circle(node, &groups);
    (0..definition.flags.len()).map(circle).collect()
}

/// Flags, then segments, and what each asks for.
struct Graph<'a> {
    names: Vec<(&'static str, &'a str)>,
    ways: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn of(definition: &'a Definition) -> Self {
        let flags = definition.flags.iter().map(|(key, _)| ("", key.as_str()));
        let segments = definition
            .segments
            .iter()
            .map(|(name, _)| ("segment ", name.as_str()));
        let names: Vec<_> = flags.chain(segments).collect();
        let positions: BTreeMap<_, usize> = names.iter().copied().zip(0..).collect();
        // Whoever asks for nothing that exists has no way.
        let ways_of = |asked: Asked<'_>| {
            let flags = asked.flags.iter().map(|(key, _)| ("", *key));
            let segments = asked.segments.iter().map(|name| ("segment ", *name));
            let ways = flags
                .chain(segments)
                .filter_map(|name| positions.get(&name).copied());
            ways.collect()
        };
        let of_flags = definition
            .flags
            .iter()
            .map(|(_, flag)| Asked::by_flag(&flag.content));
        let of_segments = definition
            .segments
            .iter()
            .map(|(_, segment)| Asked::by_segment(&segment.content));
        Self {
            ways: of_flags.chain(of_segments).map(ways_of).collect(),
            names,
        }
    }

    /// Returns the circle of a node in words, or nothing where it stands in none.
    fn circle(&self, node: usize, groups: &[usize]) -> Option<String> {
        let inside = |to: &&usize| groups[**to] == groups[node];
        let first = *self.ways[node].iter().find(inside)?;
        let way = self.way_back(node, groups);
        let name = |node: &usize| {
            let (kind, name) = self.names[*node];
            [kind, name].concat()
        };
        let start = name(&node);
        Some(match way {
            Some(way) => {
                let names: Vec<String> = way.iter().map(name).collect();
                format!("{} → {start}", names.join(" → "))
            }
            None => format!("{start} → {} → … → {start}", name(&first)),
        })
    }

    /// Returns the shortest way from a node to itself, without its end, unless it takes too long to find.
    fn way_back(&self, start: usize, groups: &[usize]) -> Option<Vec<usize>> {
        let mut came_from = BTreeMap::from([(start, start)]);
        let mut reached = vec![start];
        let mut looked_at = 0;
        let mut at = 0;
        while let Some(node) = reached.get(at).copied() {
            at += 1;
            for to in self.ways[node].iter().copied() {
                looked_at += 1;
                if to == start {
                    return Some(way_to(node, start, &came_from));
                }
                if looked_at == LOOKED_AT {
                    return None;
                }
                if groups[to] == groups[start] && !came_from.contains_key(&to) {
                    came_from.insert(to, node);
                    reached.push(to);
                }
            }
        }
        None
    }
}

fn way_to(end: usize, start: usize, came_from: &BTreeMap<usize, usize>) -> Vec<usize> {
    let mut way = vec![end];
    let mut node = end;
    while node != start {
        node = came_from[&node];
        way.push(node);
    }
    way.reverse();
    way
}

/// Nodes that reach one another are of one group: Tarjan's algorithm, with the way kept beside instead of on the stack.
struct Grouping<'g> {
    ways: &'g [Vec<usize>],
    /// When each node was entered, from 1; 0 before.
    entered: Vec<usize>,
    /// The earliest node that was entered and is reached from each.
    earliest: Vec<usize>,
    groups: Vec<usize>,
    /// The nodes that were entered and have no group yet.
    open: Vec<usize>,
    clock: usize,
}

impl<'g> Grouping<'g> {
    /// No group yet.
    const NONE: usize = usize::MAX;

    /// Returns the group of each node.
    fn of(ways: &'g [Vec<usize>]) -> Vec<usize> {
        let mut grouping = Self {
            ways,
            entered: vec![0; ways.len()],
            earliest: vec![0; ways.len()],
            groups: vec![Self::NONE; ways.len()],
            open: Vec::new(),
            clock: 0,
        };
        for node in 0..ways.len() {
            if grouping.entered[node] == 0 {
                grouping.walk(node);
            }
        }
        grouping.groups
    }

    fn walk(&mut self, start: usize) {
        let mut path = vec![(start, 0)];
        self.enter(start);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if let Some(to) = self.ways[node].get(*next).copied() {
                *next += 1;
                if self.entered[to] == 0 {
                    self.enter(to);
                    path.push((to, 0));
                } else if self.groups[to] == Self::NONE {
                    self.earliest[node] = self.earliest[node].min(self.entered[to]);
                }
                continue;
            }
            path.pop();
            self.leave(node);
            if let Some((before, _)) = path.last() {
                self.earliest[*before] = self.earliest[*before].min(self.earliest[node]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.clock += 1;
        self.entered[node] = self.clock;
        self.earliest[node] = self.clock;
        self.open.push(node);
    }

    /// Closes a group when its first node is left.
    fn leave(&mut self, node: usize) {
        if self.earliest[node] != self.entered[node] {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.groups[member] = node;
            if member == node {
                break;
            }
        }
    }
}

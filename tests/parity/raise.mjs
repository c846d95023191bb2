const STEPS = [5, 10, 50]

/** Every rule that admits a share of its units. */
function rulesWithTraffic(definition) {
  return Object.entries(definition.flags).flatMap(([flag, { rules = [] }]) =>
    rules.flatMap((rule, index) =>
      rule.traffic === undefined ? [] : [{ flag, index, id: rule.id ?? `rule-${index + 1}` }],
    ),
  )
}

/**
 * Raises the traffic of each rule from 5 to 10 to 50 %, one rule at a time, and counts the visitors who were admitted,
 * and those among them who were moved or sent away.
 */
export function raise(control, definition, contexts, now) {
  const counts = { rules: 0, admitted: 0, moved: 0 }
  for (const { flag, index, id } of rulesWithTraffic(definition)) {
    counts.rules += 1
    let before
    for (const percent of STEPS) {
      const engine = loadAt(control, definition, { flag, index, percent })
      const outcomes = contexts.map((context) => engine.evaluate(flag, context, now))
      engine.free()
      if (before !== undefined) {
        for (const [at, outcome] of before.entries()) {
          if (outcome.rule !== id) continue
          counts.admitted += 1
          if (outcomes[at].rule !== id || outcomes[at].variant !== outcome.variant) counts.moved += 1
        }
      }
      before = outcomes
    }
  }
  return counts
}

/** Loads the definition with another share for one rule. */
function loadAt(control, definition, { flag, index, percent }) {
  const raised = structuredClone(definition)
  raised.flags[flag].rules[index].traffic = percent
  // What is off or killed admits nobody, and there would be nothing to see.
  raised.flags[flag].state = 'on'
  return control.load(control.compile(JSON.stringify(raised)).snapshot)
}

const PERCENTS = [5, 10, 50]

/** Every rule that admits a share of its units, with the definitions in which the share rises step by step. */
function rising(definition) {
  return Object.entries(definition.flags).flatMap(([flag, { rules = [], ramp }]) =>
    rules.flatMap((rule, index) => {
      const id = rule.id ?? `rule-${index + 1}`
      if (rule.traffic !== undefined) {
        return [{ flag, id, steps: PERCENTS.map((percent) => withTraffic(definition, flag, index, percent)) }]
      }
      if (ramp?.rule !== id) return []
      return [{ flag, id, isRamp: true, steps: ramp.stages.map((_, stage) => withStage(definition, flag, stage)) }]
    }),
  )
}

/**
 * Raises the traffic of each rule from 5 to 10 to 50 %, and each ramp from its first stage to its last, one rule at a time,
 * and counts the visitors who were admitted, and those among them who were moved or sent away.
 */
export function raise(control, definition, contexts, now) {
  const counts = { rules: 0, ramps: 0, admitted: 0, moved: 0 }
  for (const { flag, id, isRamp, steps } of rising(definition)) {
    counts[isRamp ? 'ramps' : 'rules'] += 1
    let before
    for (const step of steps) {
      const engine = control.load(control.compile(JSON.stringify(step)).snapshot)
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

function withTraffic(definition, flag, index, percent) {
  const raised = switchedOn(definition, flag)
  raised.flags[flag].rules[index].traffic = percent
  return raised
}

function withStage(definition, flag, stage) {
  const raised = switchedOn(definition, flag)
  raised.flags[flag].ramp.stage = stage
  return raised
}

/** What is off or killed admits nobody, and there would be nothing to see. */
function switchedOn(definition, flag) {
  const copy = structuredClone(definition)
  copy.flags[flag].state = 'on'
  return copy
}

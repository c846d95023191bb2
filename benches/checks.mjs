import { RULED, ruled, SPLIT } from './work.mjs'

/** A share may be so far from what it should be. Visitors and hashes are the same in every run, so this is not luck. */
const SIGMAS = 4.5

/** Throws unless a contestant gives true to the right share of the visitors, and to the same ones each time. */
export async function checkRollout({ name, evaluate, contexts, percent }) {
  const answers = await all(evaluate, contexts)
  for (const answer of answers) if (typeof answer !== 'boolean') throw wrong(name, `gave ${answer} for a rollout`)
  const hits = answers.filter(Boolean).length
  expectShare(name, 'rollout', { hits, units: answers.length, chance: percent / 100 })
  const again = await all(evaluate, contexts)
  if (answers.some((answer, index) => answer !== again[index])) throw wrong(name, 'changed its mind about a visitor')
}

/** Throws unless the rules decide for exactly those whom they concern, and the split for the others by its weights. */
export async function checkTargeted({ name, evaluate, contexts, visitors, flag }) {
  const answers = await all(evaluate, contexts)
  const decided = { ...Object.fromEntries([...RULED, ...Object.keys(SPLIT)].map((variant) => [variant, 0])) }
  visitors.forEach((visitor, index) => {
    const answer = answers[index]
    const wanted = ruled(flag, visitor)
    const isRight = wanted === undefined ? answer in SPLIT : answer === wanted
    if (!isRight) throw wrong(name, `gave ${answer} for ${wanted ?? 'the split'} to ${JSON.stringify(visitor)}`)
    decided[answer] += 1
  })
  for (const variant of RULED) if (decided[variant] === 0) throw wrong(name, `never decided for ${variant}`)
  const units = Object.keys(SPLIT).reduce((sum, variant) => sum + decided[variant], 0)
  const total = Object.values(SPLIT).reduce((sum, weight) => sum + weight, 0)
  for (const [variant, weight] of Object.entries(SPLIT)) {
    expectShare(name, variant, { hits: decided[variant], units, chance: weight / total })
  }
}

/** Throws unless evaluating all flags gives for each what evaluating it alone gives. */
export async function checkAll({ name, loaded, contexts, flags }) {
  for (const context of contexts.slice(0, 20)) {
    const together = await loaded.all(context)
    for (const { key, kind } of flags.slice(0, 20)) {
      const [alone, there] = [await loaded.one(key, kind)(context), loaded.valueIn(together, key)]
      if (alone !== there || alone === undefined)
        throw wrong(name, `${key} alone is ${alone}, among all it is ${there}`)
    }
  }
}

/** Throws unless two contestants, which draw alike, agree about everybody. */
export async function checkSame(one, other) {
  const [ones, others] = [await all(one.evaluate, one.contexts), await all(other.evaluate, other.contexts)]
  const at = ones.findIndex((answer, index) => answer !== others[index])
  if (at >= 0) throw wrong(one.name, `gave ${ones[at]} and ${other.name} gave ${others[at]} to visitor ${at}`)
}

async function all(evaluate, contexts) {
  const answers = []
  for (const context of contexts) answers.push(await evaluate(context))
  return answers
}

function expectShare(name, what, { hits, units, chance }) {
  const sigmas = Math.abs(hits - units * chance) / Math.sqrt(units * chance * (1 - chance))
  if (sigmas > SIGMAS) throw wrong(name, `gave ${what} to ${hits} of ${units}, not to ${100 * chance} %`)
}

const wrong = (name, what) => new Error(`${name} does not do the work: it ${what}`)

import { checkAll, checkRollout, checkSame, checkTargeted } from '../checks.mjs'
import { closures, everybody, fader, payload } from '../contestants.mjs'
import { times } from '../rounds.mjs'
import { hundredFlags, hundredUnlikeFlags, rolloutFlag, targetedFlag, visitors } from '../work.mjs'

/** Contexts that the timed loops go round. */
const TIMED = 1024
/** A prepared context is one visitor's, asked many times; a thousand at once would measure the caches of the machine. */
const PREPARED = 32
const CHECKED = 10_000

const crowd = visitors(CHECKED)
/** Units beyond ASCII, in two, three and four bytes, and of every length that a hash could stumble over. */
const foreign = visitors(200).map((visitor, index) => ({
  ...visitor,
  userId: `${'abc'.slice(0, index % 4)}${['ß', 'é', '用户', 'ﬁ', '🙂'][index % 5]}${index}`,
}))

/** W1 and W2: one flag. Gives the median nanoseconds by name. */
export async function oneFlag(flag) {
  const entries = []
  for (const contestant of everybody) {
    const loaded = await contestant.load(payload(contestant, [flag]))
    const contexts = crowd.map((visitor) => contestant.context(visitor))
    const entry = { ...contestant, loaded, contexts, evaluate: loaded.one(flag.key, flag.kind) }
    await check(entry, flag)
    entries.push(entry)
  }
  const by = (wanted) => entries.find(({ name }) => name === wanted.name)
  await checkSame(by(fader), by(closures))
  await checkSame(...[by(fader), by(closures)].map((entry) => ({ ...entry, contexts: foreign.map(entry.context) })))
  const timed = [...entries, ...ways(by(fader), flag)].map((entry) => ({
    ...entry,
    contexts: entry.contexts.slice(0, TIMED),
  }))
  const found = await times(timed)
  for (const { loaded } of entries) await loaded.close?.()
  return found
}

/** What else Fader offers for the same: a prepared context, and a clock that was read before. */
function ways({ loaded, contexts, evaluate }, { key }) {
  const now = Date.now()
  const prepared = contexts.slice(0, PREPARED).map((context) => loaded.prepare(context))
  return [
    { name: 'Fader, prepared', evaluate, contexts: prepared },
    { name: 'Fader, time given', evaluate: loaded.oneAt(key, now), contexts },
    { name: 'Fader, prepared, time given', evaluate: loaded.oneAt(key, now), contexts: prepared },
  ]
}

function check({ name, evaluate, contexts }, flag) {
  if (flag.kind === 'rollout') return checkRollout({ name, evaluate, contexts, percent: flag.percent })
  return checkTargeted({ name, evaluate, contexts, visitors: crowd, flag })
}

/** W3: all of a hundred flags for one context. */
export async function allFlags(flags) {
  const entries = []
  for (const contestant of everybody) {
    const loaded = await contestant.load(payload(contestant, flags))
    const contexts = crowd.map((visitor) => contestant.context(visitor))
    for (const flag of flags.slice(0, 3)) {
      const evaluate = loaded.one(flag.key, flag.kind)
      await checkTargeted({ name: contestant.name, evaluate, contexts, visitors: crowd, flag })
    }
    await checkAll({ name: contestant.name, loaded, contexts, flags })
    entries.push({ ...contestant, loaded, contexts: contexts.slice(0, TIMED), evaluate: loaded.all })
  }
  const ours = entries.find(({ name }) => name === fader.name)
  const found = await times([...entries, ...waysOfAll(ours)], { roundMs: 12 })
  for (const { loaded } of entries) await loaded.close?.()
  return found
}

function waysOfAll({ loaded, contexts }) {
  const prepared = contexts.slice(0, PREPARED).map((context) => loaded.prepare(context))
  return [
    { name: 'Fader, indices', evaluate: loaded.indices, contexts },
    { name: 'Fader, indices, prepared', evaluate: loaded.indices, contexts: prepared },
    { name: 'Fader, outcomes', evaluate: loaded.outcomes, contexts },
  ].filter(({ evaluate }) => evaluate !== undefined)
}

export const w1 = () => oneFlag(rolloutFlag)
export const w2 = () => oneFlag(targetedFlag)
export const w3 = () => allFlags(hundredFlags)
export const w3Unlike = () => allFlags(hundredUnlikeFlags)

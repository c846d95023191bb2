import { loadEngine } from 'fader'
import { random } from '../../benches/edge/quantile.mjs'
import { openSite } from './site.mjs'
import { openPage } from './stage.mjs'

/** As many sequences run in one page before it is loaded again, and as its tabs are seen to settle once. */
const IN_ONE_PAGE = 25
const SNAPSHOT = '/v1/snapshot/client'

const contexts = ['ann', 'bob', 'cleo'].flatMap((userId) =>
  ['SE', 'NO'].flatMap((country) => ['free', 'pro'].map((plan) => ({ userId, country, plan }))),
)

const kinds = [
  { stability: 'live', rules: [{ id: 'r', where: { country: 'SE' }, serve: 'a' }] },
  { stability: 'live', rules: [{ id: 'r', split: { a: 1, b: 1 } }] },
  { rules: [{ id: 'r', where: { plan: 'pro' }, serve: 'a' }] },
  { rules: [{ id: 'r', split: { a: 1, b: 1 } }] },
  { rules: [{ id: 'r', where: { country: 'NO' }, split: { a: 2, b: 1 } }], isKilled: 0.4 },
  { stability: 'session', rules: [{ id: 'r', split: { a: 1, b: 1 } }] },
  { stability: 'session', rules: [{ id: 'r', where: { plan: 'free' }, serve: 'b' }], isKilled: 0.4 },
]
const flags = kinds.map((_, at) => `flag-${at}`)

/** No value is of two revisions, so that an answer says which one it is of. */
function definition(revision, draw) {
  const flag = ({ isKilled = 0, ...kind }, at) => ({
    type: 'number',
    reveal: 'rule',
    variants: { a: revision * 100 + at * 3, b: revision * 100 + at * 3 + 1, safe: revision * 100 + at * 3 + 2 },
    safe: 'safe',
    ...kind,
    ...(draw() < isKilled && { state: 'killed' }),
  })
  return {
    format: 1,
    environment: 'production',
    flags: Object.fromEntries(kinds.map((kind, at) => [flags[at], flag(kind, at)])),
  }
}

/** The published revisions, and what the engine gives for each of them in Node. */
class Published {
  latest = 0
  answers = {}
  #flags
  #key
  #draw
  #turn = Promise.resolve()

  constructor({ flags, key, seed }) {
    this.#flags = flags
    this.#key = key
    this.#draw = random(seed)
  }

  /** Settles when nothing is being published, so that all is known that anybody may have. */
  get settled() {
    return this.#turn
  }

  /** One after the other, whoever asks for it. */
  publish() {
    this.#turn = this.#turn.then(() => this.#publish())
    return this.#turn
  }

  async #publish() {
    await this.#flags.publish(definition(this.latest + 1, this.#draw))
    const headers = { authorization: `Bearer ${this.#key}` }
    for (;;) {
      const response = await fetch(this.#flags.url + SNAPSHOT, { headers })
      const engine = await loadEngine(new Uint8Array(await response.arrayBuffer()))
      const { revision } = engine
      if (revision > this.latest) {
        const outcomes = (context) => engine.evaluateAll(context).map((outcome) => [outcome.flag, briefly(outcome)])
        this.answers[revision] = contexts.map((context) => Object.fromEntries(outcomes(context)))
        this.latest = revision
        return engine.free()
      }
      engine.free()
    }
  }
}

const briefly = ({ value, reason, stability }) => ({ value, reason, stability })

/**
 * Sends clients in Chromium through random sequences. `flags` is a worker: its `url`, a client `key`, and how to
 * `publish`. Gives what was wrong, and how much was done.
 */
export async function journeys({ flags: worker, key, chromium, count, pages = 2, seed = 1 }) {
  const published = new Published({ flags: worker, key, seed })
  await published.publish()
  const found = { sequences: 0, wrong: [], reads: 0, steps: 0, revisions: 0 }
  let next = 0
  const lane = async () => {
    const site = await openSite(worker.url, { scripts: ['journeys'] })
    const { page, troubles, close } = await openPage(chromium, { errors: [/^failed: /, /^console: Failed to load/] })
    try {
      await expose(page, published)
      while (next < count && found.wrong.length < 20) {
        const from = next
        const many = Math.min(IN_ONE_PAGE, count - from)
        next += many
        add(found, await inOnePage(page, { site, key, from: seed * 1e6 + from, many }), many)
      }
      found.wrong.push(...troubles)
    } finally {
      await close()
      site.close()
    }
  }
  await Promise.all(Array.from({ length: pages }, lane))
  return { ...found, revisions: published.latest }
}

async function expose(page, published) {
  await page.exposeFunction('publish', () => published.publish())
  await page.exposeFunction('latest', async () => {
    await published.settled
    return published.latest
  })
  await page.exposeFunction('answersAfter', (revision) =>
    Object.fromEntries(Object.entries(published.answers).filter(([each]) => Number(each) > revision)),
  )
}

async function inOnePage(page, { site, key, from, many }) {
  await page.goto(`${site.origin}/journeys`)
  await page.waitForFunction(() => globalThis.travel, undefined, { polling: 20 })
  const options = { url: site.url, key, spreadMs: 0, pollIntervalMs: 200, events: false }
  return await page.evaluate(
    async ({ settings, from, many }) => {
      let known = 0
      settings.answers = {}
      // What was published while the sequences ran is had before they are judged.
      globalThis.known = async () => {
        if ((await globalThis.latest()) === known) return
        Object.assign(settings.answers, await globalThis.answersAfter(known))
        known = Math.max(...Object.keys(settings.answers).map(Number))
      }
      return await globalThis.travel(settings, from, many)
    },
    { settings: { options, contexts, flags }, from, many },
  )
}

function add(found, { wrong, reads, steps }, many) {
  found.sequences += many
  found.reads += reads
  found.steps += steps
  found.wrong.push(...wrong)
}

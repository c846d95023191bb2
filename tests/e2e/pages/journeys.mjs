/**
 * Walks clients through random sequences, and writes down what they were read to give. The clients of one sequence are
 * tabs of one browser: they have one memory, and each a session of its own.
 */
import { createClient } from 'fader'
import { random } from '../../../benches/edge/quantile.mjs'
import { Judge } from './judge.mjs'

const MOST_TABS = 3
const SETTLE_MS = 8000
const FALLBACK = -1

const failures = []
for (const name of ['error', 'unhandledrejection'])
  addEventListener(name, (event) => failures.push(`${name}: ${event.message ?? event.reason}`))

class Tab {
  isOnline = true
  client
  #settings
  #session = new Map()
  #judge

  constructor(settings, context) {
    this.#settings = settings
    this.#judge = new Judge(settings)
    this.open(context)
  }

  /** Loads the page of the tab, for the first time or again. What the session holds stays. */
  open(context) {
    this.client?.close()
    this.#judge.open(context)
    const session = this.#session
    this.client = createClient({
      ...this.#settings.options,
      context: this.#settings.contexts[context],
      session: {
        getItem: (name) => session.get(name) ?? null,
        setItem: (name, text) => session.set(name, text),
        removeItem: (name) => session.delete(name),
      },
      fetch: (...asked) => (this.isOnline ? fetch(...asked) : Promise.reject(new TypeError('Failed to fetch'))),
    })
  }

  identify(context) {
    this.#judge.identify(context)
    return this.client.identify(this.#settings.contexts[context])
  }

  read(flag) {
    const value = this.client.value(flag, FALLBACK)
    this.#judge.note({ flag, value, revision: this.client.revision })
  }

  readAll(flags) {
    for (const flag of flags) this.read(flag)
  }

  wrongs() {
    return this.#judge.wrongs()
  }
}

/** What may happen to a tab. Most of it needs no network, and publishing is rare. */
const steps = [
  [30, ({ tab, draw, flags }) => tab.read(draw.of(flags))],
  [8, ({ tab, flags }) => tab.readAll(flags)],
  [14, ({ tab, draw, contexts }) => void tab.identify(draw.below(contexts.length))],
  [6, ({ tab, draw, contexts }) => tab.identify(draw.below(contexts.length))],
  [5, ({ tab }) => tab.client.refresh()],
  [4, ({ tab }) => void tab.client.refresh()],
  // What a page put off for a moment is done before another page begins.
  [5, ({ tab, draw, contexts }) => Promise.resolve().then(() => tab.open(draw.below(contexts.length)))],
  [4, ({ tab }) => (tab.isOnline = !tab.isOnline)],
  [4, ({ draw }) => setSeen(draw.below(2) === 1)],
  [3, ({ draw }) => setOnline(draw.below(2) === 1)],
  [
    4,
    ({ tabs, settings, draw, contexts }) => {
      if (tabs.length < MOST_TABS) tabs.push(new Tab(settings, draw.below(contexts.length)))
    },
  ],
  [
    2,
    ({ tabs, tab, settings, draw, contexts }) => {
      tab.client.close()
      tabs.splice(tabs.indexOf(tab), 1, new Tab(settings, draw.below(contexts.length)))
    },
  ],
  [3, () => new Promise((resolve) => setTimeout(resolve))],
  [1, ({ draw }) => draw.below(3) === 0 && globalThis.publish()],
]
const weight = steps.reduce((sum, [share]) => sum + share, 0)

function setSeen(isSeen) {
  Object.defineProperty(document, 'visibilityState', { value: isSeen ? 'visible' : 'hidden', configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

function setOnline(isOnline) {
  Object.defineProperty(navigator, 'onLine', { value: isOnline, configurable: true })
  dispatchEvent(new Event(isOnline ? 'online' : 'offline'))
}

function drawing(seed) {
  const next = random(seed)
  next()
  const below = (count) => Math.floor(next() * count)
  const of = (list) => list[below(list.length)]
  const step = () => {
    let left = below(weight)
    for (const [share, step] of steps) {
      if (left < share) return step
      left -= share
    }
    throw new RangeError('the shares are less than their sum')
  }
  return { below, of, step }
}

/** Runs sequences of consecutive seeds. Gives what went wrong in them, and what they read. */
globalThis.travel = async (settings, from, count) => {
  const found = { wrong: [], reads: 0, steps: 0, unsettled: 0 }
  for (let seed = from; seed < from + count; seed += 1) {
    const isLast = seed === from + count - 1
    await sequence(settings, seed, found, isLast)
  }
  for (const failure of failures.splice(0)) found.wrong.push(failure)
  return found
}

async function sequence(settings, seed, found, isSettled) {
  const draw = drawing(seed)
  const { contexts, flags } = settings
  const tabs = [new Tab(settings, draw.below(contexts.length))]
  const all = new Set(tabs)
  const length = 6 + draw.below(10)
  for (let at = 0; at < length; at += 1) {
    const step = draw.step()
    await step({ tab: draw.of(tabs), tabs, draw, settings, contexts, flags })
    for (const tab of tabs) all.add(tab)
    found.steps += 1
  }
  if (isSettled) await settle(tabs, flags, found)
  await globalThis.known(settings)
  for (const tab of all) {
    const { reads, wrong } = tab.wrongs()
    found.reads += reads
    for (const each of wrong) found.wrong.push(`sequence ${seed}: ${each}`)
    tab.client.close()
  }
  setSeen(true)
  setOnline(true)
}

/**
 * Everybody has network and is seen: then all tabs come to one revision, that was published last or, by another page,
 * meanwhile.
 */
async function settle(tabs, flags, found) {
  setSeen(true)
  setOnline(true)
  for (const tab of tabs) tab.isOnline = true
  const until = performance.now() + SETTLE_MS
  const latest = await globalThis.latest()
  void tabs[0].client.refresh()
  const revisionsOf = () => tabs.map(({ client }) => client.revision ?? 0)
  const areSettled = ([first, ...others]) => first >= latest && others.every((revision) => revision === first)
  while (performance.now() < until && !areSettled(revisionsOf()))
    await new Promise((resolve) => setTimeout(resolve, 10))
  const revisions = revisionsOf()
  if (!areSettled(revisions)) {
    found.unsettled += 1
    found.wrong.push(`the tabs are at ${revisions}, and ${latest} was published`)
  }
  for (const tab of tabs) tab.readAll(flags)
}

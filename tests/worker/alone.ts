import { expect } from 'vitest'
import type { Services, Store } from '../../worker/src/call.ts'
import { type Source, sourceOf } from '../../worker/src/edge/source.ts'
import type { Bundle, DocumentName } from '../../worker/src/revision/bundle.ts'
import { Signer } from '../../worker/src/revision/signer.ts'
import * as isolates from './isolate.ts'
import { env, evaluate, type Isolate, nowhere, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'

export const INTERVAL_MS = 1000
export const QUESTION_LIMIT_MS = 1000
export const KILLED = definitionWith({
  search: { ...JSON.parse(DEFINITION).flags.search, rules: [], otherwise: 'existing' },
})

export const store = () => env.FLAG_STORE.getByName('production')

/** What the edge asks of the store. */
export type Answers = Pick<Store, 'head' | 'bundle'>

export const real: Answers = { head: async () => store().head(), bundle: async () => store().bundle() }
export const dead = (cause = new Error('down')): Answers => ({
  head: () => Promise.reject(cause),
  bundle: () => Promise.reject(cause),
})
export const silent: Answers = { head: () => new Promise(() => undefined), bundle: () => new Promise(() => undefined) }

/** An isolate that knows nothing but what the store tells it: the other layers have tests of their own. */
export const isolate = (options: Parameters<typeof isolates.isolate>[0] = {}) =>
  isolates.isolate({ nearby: nowhere, kv: null, ...options })

/** A source that hears of everything from these answers, and from nothing in between. */
export const sourceFrom = (answers: Answers): Source =>
  sourceOf({ environment: 'production', refreshIntervalMs: INTERVAL_MS, store: () => answers, nearby: nowhere })

/** A store that answers these two questions as it is told, and is real otherwise. */
export const answering =
  (answers: () => Answers): Services['store'] =>
  () =>
    ({ ...answers(), actor: async () => null }) as unknown as Store

export async function bundleNow(): Promise<Bundle> {
  const bundle = await store().bundle()
  if (bundle === null) throw new Error('nothing was published')
  return bundle
}

/** A clock that stands until it is moved. */
export function clock() {
  const state = {
    now: Date.now(),
    pass: (ms: number) => {
      state.now += ms
    },
  }
  return state
}

/** What a Swede's search is, and from which revision. */
export async function search(on: Isolate) {
  const response = await evaluate(on, { country: 'SE' }, { key: 'search' })
  const body = await response.json<{ value?: string; errorCode?: string; metadata?: Record<string, unknown> }>()
  return { status: response.status, revision: response.headers.get('fader-revision'), ...body }
}

export const health = async (on: Isolate) =>
  (await on.fetch('/healthz')).json<{ status: string; revision: number | null; stale: boolean; counters: unknown }>()

/** An isolate at revision 1, whose source is then whatever the test says. */
export async function settled() {
  const time = clock()
  await publish(isolate(), DEFINITION)
  const state = { store: real }
  const worker = isolate({
    now: () => time.now,
    store: answering(() => state.store),
    questionLimitMs: QUESTION_LIMIT_MS,
  })
  expect(await search(worker)).toMatchObject({ value: 'better', revision: '1' })
  /** Lets one question be asked and answered. */
  const turn = async () => {
    time.pass(INTERVAL_MS)
    await search(worker)
    await worker.settle()
  }
  return { state, worker, turn, time }
}

/** A bundle with one document in another state, signed again as if that were what the store meant. */
export async function resigned(bundle: Bundle, name: DocumentName, bytes: Uint8Array): Promise<Bundle> {
  const signer = new Signer(JSON.parse(env.SIGNING_KEY ?? ''))
  const [, payload = ''] = bundle.access.statement.split('.')
  const { digest: _, ...moment } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  return { ...bundle, [name]: await signer.sign(name, bytes, moment) }
}

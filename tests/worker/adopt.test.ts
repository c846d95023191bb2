import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Source } from '../../worker/src/edge/source.ts'
import { sha256Hex } from '../../worker/src/hex.ts'
import { type Bundle, decodeBundle, encodeBundle, type Signed } from '../../worker/src/revision/bundle.ts'
import { mutations } from '../chaos/mutations.ts'
import {
  answering,
  bundleNow,
  clock,
  health,
  isolate,
  KILLED,
  real,
  resigned,
  search,
  settled,
  store,
} from './alone.ts'
import { evaluate, publish } from './isolate.ts'
import { DEFINITION, definitionWith } from './shop.ts'
import { headOf, newKey, signedBundle, signingKey } from './signed.ts'
import { EDGE_TOKEN } from './token.ts'

beforeEach(async () => {
  await reset()
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => vi.restoreAllMocks())

describe('a bundle that is not good', () => {
  const edgeOf = ({ edge }: Bundle): Signed => edge ?? { bytes: new Uint8Array(), statement: '' }
  const spoilt: [string, (bundle: Bundle, old: Bundle) => Bundle | Promise<Bundle>][] = [
    ['is cut short', (bundle) => resigned(bundle, 'edge', edgeOf(bundle).bytes.slice(0, -7))],
    ['is empty', (bundle) => resigned(bundle, 'edge', new Uint8Array())],
    ['is noise', (bundle) => resigned(bundle, 'edge', crypto.getRandomValues(new Uint8Array(1000)))],
    ['is a page', (bundle) => resigned(bundle, 'edge', new TextEncoder().encode('<!doctype html>'))],
    ['is of an earlier revision than it says', (bundle, old) => resigned(bundle, 'edge', edgeOf(old).bytes)],
    ['says badly what is revealed', (bundle) => resigned(bundle, 'reveal', new TextEncoder().encode('{"search"'))],
    ['says badly who is let in', (bundle) => resigned(bundle, 'access', new TextEncoder().encode('[{'))],
    ['has parts of two revisions', (bundle, { client }) => ({ ...bundle, ...(client && { client }) })],
  ]

  it.each(spoilt)('because it %s is not adopted, and the next good one is', async (_, spoil) => {
    const { state, worker, turn } = await settled()
    const old = await bundleNow()
    await publish(isolate(), KILLED)
    const bad = await spoil(await bundleNow(), old)
    const asked = vi.fn(async () => bad)
    state.store = { ...real, bundle: asked }
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'better', revision: '1', metadata: { stale: true } })
    await turn()
    // What was refused is not fetched again at every interval, and the answers stay labelled.
    expect(asked).toHaveBeenCalledTimes(1)
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true, counters: { refused: 1, adopted: 1 } })

    state.store = real
    for (let more = 0; more < 6; more += 1) await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '8' })
    expect(await health(worker)).toMatchObject({ revision: 8, stale: false })
  })

  it('is asked for again after a minute', async () => {
    const { state, worker, turn, time } = await settled()
    await publish(isolate(), KILLED)
    const bad = await resigned(await bundleNow(), 'edge', new Uint8Array())
    state.store = { ...real, bundle: async () => bad }
    await turn()
    state.store = real
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 1, stale: true })
    time.pass(60_000)
    await turn()
    expect(await health(worker)).toMatchObject({ revision: 2, stale: false })
  })

  it('of another environment is not adopted', async () => {
    await publish(isolate(), DEFINITION)
    const stranger = isolate({ env: { ENVIRONMENT: 'staging' }, store: answering(() => real) })
    expect(await search(stranger)).toMatchObject({ status: 500 })
    expect(await health(stranger)).toMatchObject({ status: 'unavailable', counters: { refused: 1, adopted: 0 } })
  })

  it('of an earlier revision never replaces a later one', async () => {
    const { state, worker, turn } = await settled()
    const old = await bundleNow()
    await publish(isolate(), KILLED)
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    state.store = { head: async () => ({ revision: 1, issued: Date.now() + 60_000 }), bundle: async () => old }
    await turn()
    expect(await search(worker)).toMatchObject({ value: 'existing', revision: '2' })
    expect(await health(worker)).toMatchObject({ revision: 2, counters: { adopted: 2, refused: 1 } })
  })
})

describe('the tokens of a moment', () => {
  it('are known without a new revision, and the engine goes on', async () => {
    const { worker, turn } = await settled()
    const before = worker.services.edge.standing.adopted
    const grant = { kind: 'client', name: 'more', digest: await sha256Hex('fader_client_more') } as const
    await store().grant({ id: 'root', name: 'root', role: 'admin', kind: 'person' }, grant)
    expect(worker.services.edge.entryOf(grant.digest)).toBeUndefined()
    await turn()
    expect(worker.services.edge.entryOf(grant.digest)).toMatchObject({ kind: 'client' })
    const after = worker.services.edge.standing.adopted
    expect(after?.engine).toBe(before?.engine)
    // The signature is handed on as it is now.
    expect(after?.client.statement).not.toBe(before?.client.statement)
    expect(await health(worker)).toMatchObject({ stale: false, counters: { adopted: 1, renewed: 1 } })
  })
})

/** One letter for one byte. */
const latin = new TextDecoder('latin1')

/**
 * An isolate at revision 5, which is then offered whatever the test says as what is newest, from the only place there
 * is. `refusals` are the reasons that were reported.
 */
async function offered() {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const issued = Date.now()
  const good = await signedBundle({ revision: 5, issued })
  let told = issued + 1000
  const state: { bytes: () => Bundle } = { bytes: () => good }
  const source: Source = {
    counters: {},
    // Always later: what was refused once is not looked at again for a while.
    head: async () => ({ revision: 6, issued: ++told }),
    pointer: async () => null,
    places: () => [{ name: 'kv', fetch: async () => state.bytes() }],
    floor: async () => null,
    keep: async () => undefined,
  }
  const worker = isolate({ source, now: () => issued })
  const answers = async () => {
    const all = await Promise.all([
      evaluate(worker, { country: 'SE' }),
      worker.client('/v1/snapshot/client'),
      worker.fetch('/v1/snapshot', { headers: { authorization: `Bearer ${EDGE_TOKEN}` } }),
    ])
    return await Promise.all(all.map(async (answer) => latin.decode(await answer.arrayBuffer())))
  }
  await worker.services.edge.refresh()
  expect(worker.services.edge.revision).toBe(5)
  const { edge } = worker.services
  const offer = async (bytes: Uint8Array) => {
    state.bytes = () => decodeBundle(bytes)
    await edge.refresh()
  }
  await offer(new Uint8Array())
  const before = await answers()
  log.mockClear()
  const reasons = () => log.mock.calls.map(([line]): string => JSON.parse(String(line)).error)
  const refusedBefore = edge.counters.refused ?? 0
  return {
    issued,
    good,
    offer,
    /** Throws unless each of so many offers was refused, with a reason, and nothing else has changed. */
    expectNothingAdopted: async (offers: number) => {
      expect(edge.counters).toMatchObject({ adopted: 1, renewed: 0, refused: refusedBefore + offers })
      expect([edge.revision, edge.held?.issued]).toEqual([5, issued])
      expect(await answers()).toEqual(before)
      expect(reasons()).toHaveLength(offers)
      for (const reason of reasons()) expect(reason).toMatch(/^\w+: ./)
    },
    reason: () => reasons().at(-1),
  }
}

const small = JSON.stringify({
  format: 1,
  flags: { search: { type: 'boolean', reveal: 'value', variants: { on: true, off: false }, safe: 'off' } },
})
const large = definitionWith(
  Object.fromEntries(
    Array.from({ length: 350 }, (_, at) => [
      `flag-${at}`,
      {
        type: 'boolean',
        variants: { on: true, off: false },
        safe: 'off',
        rules: [{ where: { country: `country-${at}`, plan: ['pro', `plan-${at % 7}`] }, serve: 'on' }],
      },
    ]),
  ),
)

describe('a bundle that was damaged on its way', () => {
  const newer = async (definition: string, issued: number) =>
    encodeBundle(await signedBundle({ definition, revision: 6, issued: issued + 1000 }))

  it.each([
    ['small', 'every byte', small, 1],
    ['large', 'every 97th byte', large, 97],
  ])('is not adopted when a %s one is cut at %s', { timeout: 120_000 }, async (_, __, definition, step) => {
    const { issued, offer, expectNothingAdopted } = await offered()
    const bytes = await newer(definition, issued)
    let offers = 0
    for (let length = 0; length < bytes.length; length += step, offers += 1) await offer(bytes.slice(0, length))
    await expectNothingAdopted(offers)
  })

  it('is not adopted after any of 10,000 mutations', { timeout: 120_000 }, async () => {
    const { issued, offer, expectNothingAdopted } = await offered()
    const bytes = await newer(small, issued)
    for (const mutation of mutations(bytes, 10_000, 20_261_121)) await offer(mutation.bytes)
    await expectNothingAdopted(10_000)
  })

  it.each([
    ['any one bit of a statement is flipped', 1, ({ access }: Bundle) => access.statement],
    ['one bit anywhere in it is flipped', 11, () => ''],
  ])('is not adopted when %s', { timeout: 120_000 }, async (_, step, within) => {
    const { issued, offer, expectNothingAdopted } = await offered()
    const bundle = await signedBundle({ definition: small, revision: 6, issued: issued + 1000 })
    const bytes = encodeBundle(bundle)
    const start = latin.decode(bytes).indexOf(within(bundle))
    const end = within(bundle) === '' ? bytes.length : start + within(bundle).length
    let offers = 0
    for (let bit = start * 8; bit < end * 8; bit += step, offers += 1) {
      const copy = bytes.slice()
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await offer(copy)
    }
    await expectNothingAdopted(offers)
  })

  it('is adopted when it was not damaged after all', async () => {
    const { issued, offer, expectNothingAdopted } = await offered()
    await offer(await newer(small, issued))
    await expect(expectNothingAdopted(0)).rejects.toThrow()
  })
})

describe('a bundle that somebody made', () => {
  type Make = (issued: number, good: Bundle) => Promise<Bundle>
  const withParts = async (issued: number, change: (bundle: Required<Bundle>) => Partial<Bundle>) => {
    const bundle = (await signedBundle({ revision: 6, issued })) as Required<Bundle>
    return { ...bundle, ...change(bundle) }
  }
  const cases: [string, RegExp, Make][] = [
    [
      'with a key of the same name',
      /signature is not of key test-1/,
      async (issued) => signedBundle({ revision: 6, issued, key: await newKey(signingKey.kid) }),
    ],
    [
      'with a key that nobody knows',
      /a key that is not trusted here/,
      async (issued) => signedBundle({ revision: 6, issued, key: await newKey('other') }),
    ],
    [
      'and that has expired',
      /has expired/,
      async (issued) => signedBundle({ revision: 6, issued, expires: issued - 1000 }),
    ],
    [
      'for another environment',
      /is of environment staging/,
      async (issued) => signedBundle({ revision: 6, issued, environment: 'staging' }),
    ],
    ['of an older revision', /revision is below/, async (issued) => signedBundle({ revision: 4, issued })],
    ['at an older moment', /issued before/, async (issued) => signedBundle({ revision: 6, issued: issued - 5000 })],
    [
      'of the same revision with other flags',
      /another revision of the same number/,
      async (issued) => signedBundle({ revision: 5, issued, definition: KILLED }),
    ],
    [
      'with the documents exchanged',
      /is about client/,
      (issued) => withParts(issued, ({ edge, client }) => ({ edge: client, client: edge })),
    ],
    [
      'with the bytes of two documents exchanged',
      /is about other bytes/,
      (issued) =>
        withParts(issued, ({ edge, client }) => ({
          edge: { ...edge, bytes: client.bytes },
          client: { ...client, bytes: edge.bytes },
        })),
    ],
    [
      'with tokens of another moment',
      /not of one moment/,
      async (issued, good) => withParts(issued, () => ({ access: good.access })),
    ],
    [
      'without the flags',
      /lacks a part/,
      async (issued) => ({ access: (await signedBundle({ revision: 6, issued })).access }),
    ],
  ]

  it.each(cases)('%s is not adopted, and it is said why', async (_, reason, make) => {
    const { issued, good, offer, expectNothingAdopted, reason: told } = await offered()
    await offer(encodeBundle(await make(issued + 1000, good)))
    await expectNothingAdopted(1)
    expect(told()).toMatch(reason)
  })

  it.each([
    ['nothing', ''],
    ['a page', '<!doctype html><title>503</title>'],
    ['only the first bytes of one', 'FADERB1\n'],
    ['a table without documents', 'FADERB1\n\x02\0\0\0[]'],
    ['a table that is longer than all of it', 'FADERB1\n\xff\xff\xff\xff[]'],
  ])('and that is %s is not adopted', async (_, text) => {
    const { offer, expectNothingAdopted, reason } = await offered()
    await offer(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
    await expectNothingAdopted(1)
    expect(reason()).toMatch(/StatementRefused/)
  })
})

describe('a bundle of the same revision', () => {
  it('is a renewal when nothing but its signature is new', async () => {
    const first = await signedBundle({ revision: 5, issued: Date.now() - 1000 })
    const again = await signedBundle({ revision: 5 })
    const state = { bundle: first }
    const worker = isolate({
      store: answering(() => ({ head: async () => headOf(state.bundle), bundle: async () => state.bundle })),
    })
    await worker.services.edge.refresh()
    state.bundle = again
    await worker.services.edge.refresh()
    expect(worker.services.edge.counters).toMatchObject({ adopted: 1, renewed: 1, refused: 0 })
    expect(worker.services.edge.standing.adopted?.client.statement).toBe(again.client?.statement)
  })
})

describe('signatures that expire while a bundle is at work', () => {
  it('leave the answers as they are, labelled stale', async () => {
    const time = clock()
    const bundle = await signedBundle({ revision: 5, issued: time.now, expires: time.now + 60_000 })
    const worker = isolate({
      now: () => time.now,
      store: answering(() => ({ head: async () => headOf(bundle), bundle: async () => bundle })),
    })
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '5' } })
    expect(await health(worker)).toMatchObject({ stale: false })
    time.pass(60_000)
    expect(await search(worker)).toMatchObject({ value: 'better', metadata: { version: '5', stale: true } })
    time.pass(10 * 365 * 24 * 3600_000)
    expect(await search(worker)).toMatchObject({ status: 200, value: 'better', metadata: { stale: true } })
  })
})

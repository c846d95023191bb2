import { reset } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sha256Hex } from '../../worker/src/hex.ts'
import type { Bundle, Signed } from '../../worker/src/revision/bundle.ts'
import { answering, bundleNow, health, isolate, KILLED, real, resigned, search, settled, store } from './alone.ts'
import { publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'

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
    expect(await search(stranger)).toMatchObject({ status: 503 })
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

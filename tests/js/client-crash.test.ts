import { type Client, type ClientOptions, createClient, type Memory } from 'fader'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { compile, define, gives } from './support/definition.ts'
import { TestMemory, TestSnapshots } from './support/kept.ts'
import { snapshotAnswer, TestServer } from './support/server.ts'

const revisions: Uint8Array[] = []
let server: TestServer
let memory: TestMemory
let snapshots: TestSnapshots
let page: EventTarget
/** What a page that is no more wrote would be written by nobody. */
let life = { isOver: false }
/** What holds locks in this process would be a page that lives, so there are none unless a test says so. */
let locks: object | undefined
const clients: Client[] = []

beforeAll(async () => {
  for (let revision = 0; revision < 10; revision += 1)
    revisions.push(await compile(define({ n: gives('number', revision) }, { revision })))
})

beforeEach(async () => {
  server = await TestServer.start()
  memory = new TestMemory()
  snapshots = new TestSnapshots()
  locks = undefined
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  for (const client of clients.splice(0)) client.close()
  await server.stop()
})

const publish = (revision: number) => {
  server.answer = snapshotAnswer(revisions[revision] ?? new Uint8Array(), `"${revision}"`)
}

/** A page is loaded, and its client has its answers. */
async function start(options: Partial<ClientOptions> = {}): Promise<Client> {
  page = new EventTarget()
  vi.stubGlobal(
    'document',
    Object.assign(new EventTarget(), { getElementById: () => null, visibilityState: 'visible' }),
  )
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('navigator', { locks })
  const own = { isOver: false }
  life = own
  const view: Memory = {
    getItem: (name) => memory.getItem(name),
    removeItem: (name) => memory.removeItem(name),
    setItem: (name, value) => {
      if (!own.isOver) memory.setItem(name, value)
    },
  }
  const given = { url: server.url, memory: view, snapshots, pollIntervalMs: 0, events: false, tabs: false }
  const client = createClient({ ...given, ...options })
  clients.push(client)
  await client.refresh()
  return client
}

const ends: Record<string, () => void | Promise<void>> = {
  'is killed': () => {},
  'throws and is left': () => {
    page.dispatchEvent(new Event('error'))
    page.dispatchEvent(new Event('pagehide'))
  },
  'is left': () => {
    page.dispatchEvent(new Event('pagehide'))
  },
  // What counts the seconds is loaded meanwhile.
  'lives for ten seconds': () =>
    vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(10_000)
      expect(memory.record(':starts')).toMatchObject({ count: 0 })
    }),
}

/** Starts with a revision so many times, and ends each of them so. */
async function times(count: number, revision: number, end: keyof typeof ends): Promise<unknown[]> {
  publish(revision)
  const seen: unknown[] = []
  for (let time = 0; time < count; time += 1) {
    const client = await start()
    seen.push(client.value('n', -1))
    await ends[end]?.()
    life.isOver = true
  }
  return seen
}

describe('a page that ends badly at its start', () => {
  it.each(['is killed', 'throws and is left'])(
    'goes back after three times, and gives up after six, when it %s',
    async (end) => {
      await times(1, 5, 'lives for ten seconds')
      expect(await times(8, 8, end)).toEqual([8, 8, 8, 5, 5, 5, -1, -1])
    },
  )

  it('has nothing where there is nothing to go back to', async () => {
    expect(await times(5, 8, 'is killed')).toEqual([8, 8, 8, -1, -1])
  })

  it('takes a newer revision at any time, and goes on with it when that does well', async () => {
    await times(1, 5, 'lives for ten seconds')
    await times(7, 8, 'is killed')
    expect(await times(1, 9, 'lives for ten seconds')).toEqual([9])
    expect(await times(2, 9, 'is left')).toEqual([9, 9])
  })

  it('does not take the revision again that it did not survive, also when it does well without it', async () => {
    await times(1, 5, 'lives for ten seconds')
    await times(4, 8, 'is killed')
    expect(await times(2, 8, 'lives for ten seconds')).toEqual([5, 5])
    expect(await times(1, 9, 'is left')).toEqual([9])
  })

  it('blames no revision that did well before', async () => {
    await times(1, 8, 'lives for ten seconds')
    expect(await times(7, 8, 'is killed')).toEqual([8, 8, 8, 8, 8, 8, -1])
  })

  it.each(['is left', 'lives for ten seconds'])('goes on when every third start %s', async (end) => {
    for (let round = 0; round < 4; round += 1) {
      expect(await times(2, 8, 'is killed')).toEqual([8, 8])
      expect(await times(1, 8, end)).toEqual([8])
    }
  })

  it('paints nothing of what it did not survive', async () => {
    await times(4, 8, 'is killed')
    const bootstrap = {
      environment: 'test',
      revision: 8,
      context: {},
      answers: { n: { value: 8, variant: 'only', reason: 'STATIC' } },
    } as const
    expect((await start({ bootstrap })).value('n', -1)).toBe(-1)
  })

  it('counts no start that is under way in another tab', async () => {
    await times(1, 5, 'lives for ten seconds')
    const name = `fader:${server.url}/v1/snapshot/client:start`
    const held = [{ name }, { name }, { name: 'another' }, { name }, { name }, { name }, { name }]
    locks = { query: async () => ({ held }), request: async () => undefined }
    expect(await times(9, 8, 'is killed')).toEqual([8, 8, 8, 8, 8, 8, 8, 8, 8])
  })

  it.each(['7', '{', '[]', 'null', '{"count":"x","bad":"y"}'])('starts where its memory has %s', async (record) => {
    memory.content[`fader:${server.url}/v1/snapshot/client:starts`] = record
    expect(await times(2, 8, 'is left')).toEqual([8, 8])
  })
})

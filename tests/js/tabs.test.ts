import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Message, Tabs } from '../../js/src/tabs.ts'
import { FakePage } from './support/page.ts'

const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 2000 })
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 50))
const tabs: Tab[] = []
let name = ''
let names = 0

/** One tab: what it has, whether it leads, and what it was told. */
class Tab {
  isLeading = false
  readonly heard: Message[] = []
  readonly page = new FakePage()
  readonly tabs: Tabs
  current: Message | undefined

  constructor(current?: Message) {
    this.current = current
    // Each tab has a page of its own, and what is common to all of them.
    if (isHidden) this.page.hide()
    this.page.install({ locks: locks() })
    this.tabs = new Tabs({
      name,
      lead: (isLeading) => {
        this.isLeading = isLeading
      },
      hear: (message) => this.heard.push(message),
      current: () => this.current,
    })
    tabs.push(this)
  }
}

const realLocks = navigator.locks
let locks: () => unknown
/** Tabs are opened behind others. */
let isHidden = false

beforeEach(() => {
  name = `fader:test-${names++}`
  locks = () => realLocks
  isHidden = false
})

afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.tabs.close()
  vi.unstubAllGlobals()
})

const leading = () => tabs.flatMap(({ isLeading }, at) => (isLeading ? [at] : []))
const bytes = new Uint8Array([1, 2, 3])

/** Says something that no tab would say. */
async function shout(data: unknown): Promise<void> {
  const channel = new BroadcastChannel(name)
  channel.postMessage(data)
  await aWhile()
  channel.close()
}

describe('of tabs that are seen', () => {
  it('one leads, and the next when that is closed', async () => {
    for (let count = 0; count < 5; count += 1) new Tab()
    await soon(() => expect(leading()).toEqual([0]))
    tabs[0]?.tabs.close()
    await soon(() => expect(leading()).toEqual([1]))
    await aWhile()
    expect(leading()).toEqual([1])
  })

  it.each([
    ['hidden', (page: FakePage) => page.hide(), (page: FakePage) => page.show()],
    ['frozen', (page: FakePage) => page.tell('freeze'), (page: FakePage) => page.tell('resume')],
    ['put away', (page: FakePage) => page.tell('pagehide'), (page: FakePage) => page.tell('pageshow')],
  ])('another leads when the first is %s, and that comes last again', async (_, leave, come) => {
    const [one, two] = [new Tab(), new Tab()]
    await soon(() => expect(leading()).toEqual([0]))
    leave(one.page)
    expect(one.isLeading).toBe(false)
    await soon(() => expect(leading()).toEqual([1]))
    come(one.page)
    await aWhile()
    expect(leading()).toEqual([1])
    leave(two.page)
    await soon(() => expect(leading()).toEqual([0]))
  })

  it('none leads that was opened behind another', async () => {
    isHidden = true
    new Tab()
    isHidden = false
    await aWhile()
    expect(leading()).toEqual([])
    new Tab()
    await soon(() => expect(leading()).toEqual([1]))
  })

  it('one leads after each was hidden and shown many times', async () => {
    for (let count = 0; count < 3; count += 1) new Tab()
    for (let turn = 0; turn < 60; turn += 1) {
      tabs[turn % 3]?.page.hide()
      if (turn % 2) await Promise.resolve()
      tabs[(turn * 2) % 3]?.page.show()
    }
    for (const { page } of tabs) page.show()
    await soon(() => expect(leading()).toHaveLength(1))
  })
})

describe('what one tab tells', () => {
  it('is heard by all others, and not by itself', async () => {
    for (let count = 0; count < 5; count += 1) new Tab()
    await soon(() => expect(leading()).toEqual([0]))
    const message = { revision: 7, etag: '"7"', signature: 'a.b.c', snapshot: bytes }
    tabs[0]?.tabs.tell(message)
    await soon(() => expect(tabs.slice(1).map(({ heard }) => heard)).toEqual(Array(4).fill([message])))
    expect(tabs[0]?.heard).toEqual([])
  })

  it('is heard by hidden tabs, too', async () => {
    const [one, two] = [new Tab(), new Tab()]
    two.page.hide()
    one.tabs.tell({ revision: 7 })
    await soon(() => expect(two.heard).toEqual([{ revision: 7 }]))
  })

  it('is not heard by who is closed, nor by tabs of another name', async () => {
    const one = new Tab()
    const closed = new Tab()
    closed.tabs.close()
    name = `${name}-other`
    const other = new Tab()
    one.tabs.tell({ revision: 7 })
    await aWhile()
    expect([closed.heard, other.heard]).toEqual([[], []])
  })

  it('the leader tells a new tab what it has', async () => {
    new Tab({ revision: 7, snapshot: bytes })
    await soon(() => expect(leading()).toEqual([0]))
    const late = new Tab()
    await soon(() => expect(late.heard).toEqual([{ revision: 7, snapshot: bytes }]))
  })

  it('the leader tells a tab that comes back from the cache of pages', async () => {
    const [one, two] = [new Tab({ revision: 7 }), new Tab({ revision: 7 })]
    await soon(() => expect(leading()).toEqual([0]))
    two.page.tell('pagehide')
    one.current = { revision: 8 }
    one.tabs.tell(one.current)
    await aWhile()
    expect(two.heard).toEqual([])
    two.page.tell('pageshow')
    await soon(() => expect(two.heard).toEqual([{ revision: 8 }]))
  })

  it('nobody tells a new tab what it has already, and who does not lead is silent', async () => {
    new Tab({ revision: 7 })
    new Tab({ revision: 8 })
    await soon(() => expect(leading()).toEqual([0]))
    const late = new Tab({ revision: 7 })
    await aWhile()
    expect(late.heard).toEqual([])
  })

  it('the leader answers who tells of something older', async () => {
    const [one, two] = [new Tab({ revision: 9 }), new Tab({ revision: 8 })]
    await soon(() => expect(leading()).toEqual([0]))
    two.tabs.tell({ revision: 8 })
    await soon(() => expect(two.heard).toEqual([{ revision: 9 }]))
    await soon(() => expect(one.heard).toEqual([{ revision: 8 }]))
  })
})

describe('what is no message', () => {
  const hostile: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'revision'],
    ['an empty object', {}],
    ['a list', [1, 2]],
    ['a revision that is a text', { revision: '9' }],
    ['a revision that is infinite', { revision: Number.POSITIVE_INFINITY }],
    ['a revision that is a half', { revision: 1.5 }],
    ['a snapshot that is a text', { revision: 9, snapshot: 'bytes' }],
    ['a snapshot that is a buffer', { revision: 9, snapshot: new ArrayBuffer(3) }],
    ['an ETag that is a number', { revision: 9, snapshot: bytes, etag: 9 }],
    ['a signature that is an object', { revision: 9, snapshot: bytes, signature: {} }],
    ['a greeting that is a text', { hello: 'hello' }],
    ['a greeting with a snapshot', { hello: 1, revision: 9, snapshot: bytes }],
  ]
  it.each(hostile)('is not heard when it is %s', async (_, data) => {
    const tab = new Tab()
    await soon(() => expect(tab.isLeading).toBe(true))
    await shout(data)
    expect(tab.heard).toEqual([])
    await shout({ revision: 9 })
    expect(tab.heard).toEqual([{ revision: 9 }])
  })

  it('is not sent when it cannot be copied', () => {
    const tab = new Tab()
    expect(() => tab.tabs.tell({ revision: 1, etag: (() => '') as unknown as string })).not.toThrow()
  })
})

describe('each tab asks for itself', () => {
  const refused = new DOMException('no', 'SecurityError')
  const ways: [string, () => void][] = [
    ['there are no locks', () => (locks = () => undefined)],
    ['locks are refused', () => (locks = () => ({ request: () => Promise.reject(refused) }))],
    [
      'locks throw',
      () =>
        (locks = () => ({
          request: () => {
            throw refused
          },
        })),
    ],
    ['there is no channel', () => vi.stubGlobal('BroadcastChannel', undefined)],
    [
      'a channel throws',
      () =>
        vi.stubGlobal(
          'BroadcastChannel',
          class {
            constructor() {
              throw refused
            }
          },
        ),
    ],
  ]
  it.each(ways)('where %s', async (_, spoil) => {
    spoil()
    const made = [new Tab(), new Tab()]
    await soon(() => expect(leading()).toEqual([0, 1]))
    made[0]?.page.hide()
    made[0]?.page.show()
    made[0]?.tabs.tell({ revision: 1 })
    await aWhile()
    expect(leading()).toEqual([0, 1])
  })

  it('where there is no channel, also when it was opened behind another', () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    isHidden = true
    expect(new Tab().isLeading).toBe(true)
  })
})

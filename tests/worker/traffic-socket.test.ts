import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { origins } from './origins/origins.ts'
import { backend, gate, publishFlags } from './origins/visit.ts'

beforeEach(() => reset())

const traffic = {
  origins: {
    blue: { url: origins.blueSocket },
    green: { url: origins.greenSocket },
    dead: { url: origins.dead },
  },
  routes: [{ path: '/*', flag: 'api', mirror: 'shadow', safe: 'blue' }],
}

const UPGRADE = { headers: { upgrade: 'websocket', connection: 'Upgrade' } }

/** A WebSocket through the worker, whose messages are awaited one by one. */
async function connect(worker: ReturnType<typeof gate>, path: string) {
  const { status, webSocket } = await worker.stream(path, UPGRADE)
  expect(status).toBe(101)
  if (webSocket === null) throw new Error('there is no WebSocket')
  const heard: string[] = []
  let wake: () => void = () => undefined
  webSocket.addEventListener('message', ({ data }) => {
    heard.push(String(data))
    wake()
  })
  webSocket.accept()
  const next = async (): Promise<string> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return heard.shift() ?? ''
  }
  const say = (text: string) => webSocket.send(text)
  return { next, say, close: () => webSocket.close(1000, 'done') }
}

describe('a WebSocket', () => {
  it('is passed through to the origin that the flag chose, on its path', async () => {
    const worker = gate({ traffic })
    await publishFlags(worker, { api: backend({ otherwise: 'green' }), shadow: backend({ otherwise: 'blue' }) })
    const socket = await connect(worker, '/rooms/1')
    expect(await socket.next()).toBe('green /rooms/1')
    for (const text of ['one', 'two', '\u00e5'.repeat(5000)]) {
      socket.say(text)
      expect(await socket.next()).toBe(`green ${text}`)
    }
    socket.close()
    expect(worker.metrics.count('routing_requests', 'status')).toEqual({ '1xx': 1 })
    expect(worker.metrics.count('routing_mirrored', 'status')).toEqual({})
  })

  it('stays where it is when the flag switches, and new ones go to the other origin', async () => {
    const worker = gate({ traffic })
    await publishFlags(worker, { api: backend({ otherwise: 'blue' }) })
    const old = await connect(worker, '/x')
    expect(await old.next()).toBe('blue /x')
    for (const origin of ['green', 'blue', 'green']) {
      await publishFlags(worker, { api: backend({ otherwise: origin }) })
      const fresh = await connect(worker, '/y')
      expect(await fresh.next()).toBe(`${origin} /y`)
      old.say(origin)
      expect(await old.next()).toBe(`blue ${origin}`)
      fresh.close()
    }
    old.close()
  })

  it('goes to the safe origin when its own is dead', async () => {
    const worker = gate({ traffic })
    await publishFlags(worker, { api: backend({ otherwise: 'dead' }) })
    const socket = await connect(worker, '/x')
    expect(await socket.next()).toBe('blue /x')
    socket.close()
  })

  it('that the origin does not take is answered as it says', async () => {
    const response = await gate().stream('/status?code=403', UPGRADE)
    expect(response.status).toBe(403)
    expect(response.webSocket).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { readBody } from '../../worker/src/body.ts'
import { grantTokens, isolate, publish } from './isolate.ts'
import { DEFINITION } from './shop.ts'

/** A request whose body comes in chunks, so that nothing says how long it will be. */
function streamed(chunks: Iterable<Uint8Array>, path = 'https://flags.example.com/'): Request {
  const iterator = chunks[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const { done, value } = iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
  })
  return new Request(path, { method: 'POST', body })
}

function* endless(seen: { chunks: number }): Iterable<Uint8Array> {
  for (;;) {
    seen.chunks += 1
    yield new Uint8Array(1000)
  }
}

const read = (text: string, limit: number, headers: Record<string, string> = {}) =>
  readBody(new Request('https://flags.example.com/', { method: 'POST', body: text, headers }), limit)

describe('reading a body', () => {
  it('gives its bytes, however they come', async () => {
    expect(new TextDecoder().decode(await read('hällo', 100))).toBe('hällo')
    const parts = ['a', 'bc', '', 'def'].map((part) => new TextEncoder().encode(part))
    const whole = await readBody(streamed(parts.filter((part) => part.length > 0)), 6)
    expect(new TextDecoder().decode(whole)).toBe('abcdef')
    expect(whole.buffer.byteLength).toBe(6)
    expect(await readBody(new Request('https://flags.example.com/', { method: 'POST' }), 0)).toHaveLength(0)
  })

  it('allows the limit and not one byte more', async () => {
    expect(await read('x'.repeat(10), 10)).toHaveLength(10)
    await expect(read('x'.repeat(11), 10)).rejects.toMatchObject({ kind: 'body-too-large', status: 413 })
  })

  it('stops a body that has no length and no end', async () => {
    const seen = { chunks: 0 }
    const request = streamed(endless(seen))
    expect(request.headers.get('content-length')).toBeNull()
    await expect(readBody(request, 10_000)).rejects.toMatchObject({ kind: 'body-too-large' })
    expect(seen.chunks).toBeLessThan(20)
  })

  it('does not take the word of a length', async () => {
    await expect(read('x'.repeat(11), 10, { 'content-length': '3' })).rejects.toMatchObject({ status: 413 })
    await expect(read('x', 10, { 'content-length': '11' })).rejects.toMatchObject({ status: 413 })
    expect(await read('x', 10, { 'content-length': 'many' })).toHaveLength(1)
  })

  it('has a limit on every route that reads one', async () => {
    const worker = isolate()
    await grantTokens()
    for (const path of ['/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/search']) {
      const seen = { chunks: 0 }
      const { body } = streamed(endless(seen))
      const response = await worker.client(path, { method: 'POST', body })
      expect(response.status).toBe(413)
      expect(seen.chunks).toBeLessThan(300)
    }
    const seen = { chunks: 0 }
    const { body } = streamed(endless(seen))
    const headers = { 'if-match': '*' }
    const response = await worker.admin('/v1/admin/definition', { method: 'PUT', headers, body })
    expect(response.status).toBe(413)
    expect(seen.chunks).toBeLessThan(26_300)
  })

  it('does not begin before the token was looked at', async () => {
    const seen = { chunks: 0 }
    const { body } = streamed(endless(seen))
    const response = await isolate().fetch('/v1/admin/definition', {
      method: 'PUT',
      headers: { 'if-match': '*' },
      body,
    })
    expect(response.status).toBe(401)
    expect(seen.chunks).toBeLessThan(5)
  })
})

type Format = 'gzip' | 'deflate'

async function compressed(bytes: Uint8Array, format: Format): Promise<Uint8Array> {
  const stream = new Response(bytes).body?.pipeThrough(new CompressionStream(format))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function sent(body: BodyInit, encoding: string): Request {
  return new Request('https://flags.example.com/', {
    method: 'POST',
    headers: { 'content-encoding': encoding },
    body,
  })
}

const TEXT = new TextEncoder().encode('{"context":{"name":"Åsa"}}'.repeat(100))

describe.each(['gzip', 'deflate'] as const)('a body in %s', (format) => {
  it('is unpacked, however it comes', async () => {
    const packed = await compressed(TEXT, format)
    expect(await readBody(sent(packed, format), TEXT.length)).toEqual(TEXT)
    expect(await readBody(sent(packed, ` ${format.toUpperCase()} `), TEXT.length)).toEqual(TEXT)
    const bytes = Array.from(packed, (byte) => Uint8Array.of(byte))
    const request = streamed(bytes)
    const dribbled = new Request(request, { headers: { 'content-encoding': format } })
    expect(await readBody(dribbled, TEXT.length)).toEqual(TEXT)
  })

  it('is counted as it is unpacked', async () => {
    const packed = await compressed(TEXT, format)
    expect(packed.length).toBeLessThan(TEXT.length / 10)
    await expect(readBody(sent(packed, format), TEXT.length - 1)).rejects.toMatchObject({ kind: 'body-too-large' })
  })

  it('that would become a thousand times as much ends at the cap', async () => {
    const bomb = await compressed(new Uint8Array(64 * 1024 * 1024), format)
    expect(bomb.length).toBeLessThan(100_000)
    const seen = { chunks: 0 }
    const body = streamed(counted(bomb, seen)).body as ReadableStream<Uint8Array>
    await expect(readBody(sent(body, format), 256 * 1024)).rejects.toMatchObject({ status: 413 })
    // A kilobyte becomes a megabyte; what follows is not unpacked, so memory stays where it is.
    expect(seen.chunks).toBeLessThan(bomb.length / 1000 / 4)
  })

  it('that is cut off, or followed by something, or something else, is not what it says', async () => {
    const packed = await compressed(TEXT, format)
    const damaged = packed.slice()
    damaged[packed.length - 3] = (damaged[packed.length - 3] as number) ^ 1
    for (const bytes of [packed.slice(0, -5), damaged, TEXT, new Uint8Array()]) {
      await expect(readBody(sent(bytes, format), 100_000)).rejects.toMatchObject({ kind: 'bad-request' })
    }
  })

  it('has a limit for what comes over the wire as well', async () => {
    const seen = { chunks: 0 }
    const body = streamed(endless(seen)).body as ReadableStream<Uint8Array>
    await expect(readBody(sent(body, format), 10_000)).rejects.toBeInstanceOf(Error)
    expect(seen.chunks).toBeLessThan(50)
  })
})

function* counted(bytes: Uint8Array, seen: { chunks: number }): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) {
    seen.chunks += 1
    yield bytes.slice(at, at + 1000)
  }
}

describe('a body in another encoding', () => {
  it.each([
    'br',
    'zstd',
    'compress',
    'gzip, gzip',
    'gzip, deflate',
    'identity, gzip',
    'deflate-raw',
    'constructor',
    '',
  ])('%j is refused, with those that are read', async (encoding) => {
    const refused = readBody(sent('x', encoding), 10)
    await expect(refused).rejects.toMatchObject({ kind: 'encoding-unsupported', status: 415 })
    await expect(refused).rejects.toMatchObject({
      options: { headers: { 'accept-encoding': 'gzip, deflate, identity' } },
    })
  })

  it('is none', async () => {
    expect(await read('x', 10, { 'content-encoding': 'identity' })).toHaveLength(1)
  })
})

describe('a body that takes too long', () => {
  const never = () => new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(TEXT) })

  it.each([
    ['as it is', 'identity'],
    ['compressed', 'gzip'],
  ])('is given up: %s', async (_, encoding) => {
    const began = Date.now()
    await expect(readBody(sent(never(), encoding), 100_000, 100)).rejects.toMatchObject({
      status: encoding === 'gzip' ? expect.any(Number) : 408,
    })
    expect(Date.now() - began).toBeLessThan(5000)
  })

  it('is given up before its first byte', async () => {
    const silent = new ReadableStream<Uint8Array>()
    await expect(readBody(sent(silent, 'identity'), 100_000, 50)).rejects.toMatchObject({ kind: 'body-too-slow' })
    const packed = new ReadableStream<Uint8Array>()
    await expect(readBody(sent(packed, 'gzip'), 100_000, 50)).rejects.toMatchObject({ kind: 'body-too-slow' })
  })
})

describe('the routes that read a body', () => {
  it('take it compressed', async () => {
    const worker = isolate()
    await publish(worker, DEFINITION)
    const context = new TextEncoder().encode('{"context":{"country":"SE"}}')
    const response = await worker.client('/ofrep/v1/evaluate/flags/search', {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: await compressed(context, 'gzip'),
    })
    expect(await response.json()).toMatchObject({ value: 'better' })
    const definition = await compressed(new TextEncoder().encode(DEFINITION), 'gzip')
    const published = await worker.admin('/v1/admin/definition', {
      method: 'PUT',
      headers: { 'content-encoding': 'gzip', 'if-match': '*', 'fader-reason': 'a test' },
      body: definition,
    })
    expect(published.status).toBe(200)
  })
})

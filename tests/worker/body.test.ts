import { describe, expect, it } from 'vitest'
import { readBody } from '../../worker/src/body.ts'
import { isolate } from './isolate.ts'

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

  it('refuses a compressed one', async () => {
    await expect(read('x', 10, { 'content-encoding': 'gzip' })).rejects.toMatchObject({ status: 415 })
    expect(await read('x', 10, { 'content-encoding': 'identity' })).toHaveLength(1)
  })

  it('has a limit on every route that reads one', async () => {
    const worker = isolate()
    for (const path of ['/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/search']) {
      const seen = { chunks: 0 }
      const { body } = streamed(endless(seen))
      const response = await worker.fetch(path, { method: 'POST', body })
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

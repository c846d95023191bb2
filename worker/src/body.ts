import { Problem } from './problem.ts'

/**
 * Reads a whole body of at most `limit` bytes.
 *
 * The bytes are counted as they come, because a streamed body has no Content-Length and a stated one need not be true.
 * Throws `body-too-large` without reading on, and `encoding-unsupported` for a compressed body, whose size after
 * decompression nobody knows.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {
    throw new Problem('encoding-unsupported', 'Send the body without a Content-Encoding.', {
      headers: { 'accept-encoding': 'identity' },
    })
  }
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  return request.body === null ? new Uint8Array() : collect(request.body, limit)
}

async function collect(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return join(chunks, length)
    length += value.byteLength
    if (length > limit) {
      // Not awaited: a sender that never ends must not hold the answer back.
      reader.cancel().catch(() => undefined)
      throw tooLarge(limit)
    }
    chunks.push(value)
  }
}

/** Puts chunks of `length` bytes together, into a buffer that holds nothing else. */
export function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

function tooLarge(limit: number): Problem {
  return new Problem('body-too-large', `The body may have ${limit} bytes at most.`, { members: { limit } })
}

import { Problem } from './problem.ts'

/** How long a body may take. */
const LIMIT_MS = 10_000
/** A body that says it is no longer than this is read at one go; a timer would cost more than what is asked. */
const SMALL_BYTES = 64 * 1024
/** Compressed bytes are unpacked so many at a time, because each may become a thousand. */
const PIECE_BYTES = 1024

const FORMATS: Readonly<Record<string, 'gzip' | 'deflate'>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' }

/**
 * Reads a whole body of at most `limit` bytes, which may be compressed with gzip or deflate.
 *
 * The bytes are counted as they come, and after they were unpacked, because a streamed body has no Content-Length and
 * a stated one need not be true.
 * Throws `body-too-large` without reading on, `body-too-slow`, and `encoding-unsupported` for other encodings.
 */
export async function readBody(request: Request, limit: number, limitMs: number = LIMIT_MS): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  const stated = Number(request.headers.get('content-length') ?? Number.NaN)
  if (stated > limit) throw tooLarge(limit)
  if (encoding === 'identity' && stated <= SMALL_BYTES) return small(request, limit)
  if (request.body === null) return new Uint8Array()
  const format = Object.hasOwn(FORMATS, encoding) ? FORMATS[encoding] : undefined
  const reader = request.body.getReader()
  if (encoding === 'identity') return inTime(collect(reader, limit), reader, limitMs)
  if (format !== undefined) return inTime(unpacked(reader, format, limit), reader, limitMs)
  giveUp(reader)
  throw new Problem('encoding-unsupported', 'Send the body as it is, or with one encoding: gzip or deflate.', {
    headers: { 'accept-encoding': 'gzip, deflate, identity' },
  })
}

/** What came over a connection has been cut at its length by the server; what did not may still be longer. */
async function small(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > limit) throw tooLarge(limit)
  return bytes
}

type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

async function collect(reader: Reader, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks.length === 1 ? (chunks[0] as Uint8Array) : join(chunks, length)
    length += value.byteLength
    if (length > limit) {
      giveUp(reader)
      throw tooLarge(limit)
    }
    chunks.push(value)
  }
}

async function inTime(work: Promise<Uint8Array>, reader: Reader, limitMs: number): Promise<Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Problem('body-too-slow', `A body has ${limitMs} ms to come.`))
      giveUp(reader)
    }, limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The platform unpacks whatever it is given, however much that becomes and whoever reads it. So it is given little at a
 * time, and no more once there is one byte too many.
 */
async function unpacked(reader: Reader, format: 'gzip' | 'deflate', limit: number): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream(format)
  const writer = writable.getWriter()
  const output = readable.getReader({ mode: 'byob' }).readAtLeast(limit + 1, new Uint8Array(limit + 1))
  let isOver = false
  const over = () => {
    isOver = true
  }
  output.then(over, over)
  try {
    for await (const piece of pieces(reader, limit)) {
      if (isOver) break
      await writer.write(piece)
    }
    if (!isOver) await writer.close()
    const bytes = (await output).value ?? new Uint8Array()
    if (bytes.byteLength > limit) throw tooLarge(limit)
    return bytes.slice()
  } catch (cause) {
    giveUp(reader)
    writer.abort().catch(() => undefined)
    if (cause instanceof Problem) throw cause
    throw new Problem('bad-request', `The body is not what ${format} makes.`)
  }
}

/** Cuts what comes small. It ends with a problem beyond `limit`: what is compressed is shorter than what it is of. */
async function* pieces(reader: Reader, limit: number): AsyncGenerator<Uint8Array> {
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    length += value.byteLength
    if (length > limit) throw tooLarge(limit)
    for (let at = 0; at < value.byteLength; at += PIECE_BYTES) yield value.slice(at, at + PIECE_BYTES)
  }
}

/** Not awaited: a sender that never ends must not hold the answer back. */
function giveUp(reader: Reader): void {
  reader.cancel().catch(() => undefined)
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

import { type Control, type Engine, loadControl, loadEngine } from 'fader'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile, storefront } from './support/definition.ts'

const context = { userId: 'u-1', country: 'SE', plan: 'pro', appVersion: '4.2.0' }
const now = Date.parse('2026-11-21T12:00:00Z')
/** The header: four letters, the format's major and minor number, two bytes to spare, a checksum. */
const MAJOR_AT = 4
const HEADER_BYTES = 12

let control: Control
let good: Uint8Array

beforeAll(async () => {
  control = await loadControl()
  good = await compile(storefront)
})

function changed(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = good.slice()
  change(bytes)
  return bytes
}

/** Why the bytes were refused, or nothing where they were not. */
async function refusal(load: (bytes: Uint8Array) => Engine | Promise<Engine>, bytes: Uint8Array) {
  try {
    const engine = await load(bytes)
    engine.free()
    return undefined
  } catch (cause) {
    return cause instanceof Error && !(cause instanceof WebAssembly.RuntimeError) ? cause.message : `thrown: ${cause}`
  }
}

const ways = [
  ['the engine artefact', (bytes: Uint8Array) => loadEngine(bytes)],
  ['the control artefact', (bytes: Uint8Array) => control.load(bytes)],
] as const

describe.each(ways)('bytes that are no good snapshot are refused by %s', (_, load) => {
  const text = (written: string) => new TextEncoder().encode(written)

  it.each([
    ['nothing', () => new Uint8Array(), /not a Fader snapshot/],
    ['a page', () => text('<!doctype html><title>Sign in</title>'), /not a Fader snapshot/],
    ['the definition itself', () => text(storefront), /not a Fader snapshot/],
    ['a snapshot behind a byte order mark', () => new Uint8Array([0xef, 0xbb, 0xbf, ...good]), /not a Fader snapshot/],
    ['the letters alone', () => good.subarray(0, MAJOR_AT), /cut short/],
    ['half a header', () => good.subarray(0, HEADER_BYTES - 1), /cut short/],
    ['a header alone', () => good.subarray(0, HEADER_BYTES), /changed on its way|cut short/],
    ['half a snapshot', () => good.subarray(0, good.length / 2), /changed on its way/],
    ['all but the last byte', () => good.subarray(0, -1), /changed on its way/],
    ['a byte more', () => new Uint8Array([...good, 0]), /changed on its way/],
    ['two snapshots', () => new Uint8Array([...good, ...good]), /changed on its way/],
    ['a newer major format', () => changed((bytes) => bytes.set([2], MAJOR_AT)), /newer format.*update fader/],
    ['a changed checksum', () => changed((bytes) => bytes.set([1, 2, 3, 4], 8)), /changed on its way/],
    ['a hundred zeros at the end', () => changed((bytes) => bytes.fill(0, -100)), /changed on its way/],
  ])('%s', async (_, bytes, message) => {
    expect(await refusal(load, bytes())).toMatch(message)
  })

  it('wherever a bit was flipped', async () => {
    const wrong: string[] = []
    for (let bit = 0; bit < good.length * 8; bit += 37) {
      const bytes = changed((bytes) => bytes.set([(good[bit >> 3] ?? 0) ^ (1 << (bit & 7))], bit >> 3))
      const isSpare = bit >> 3 > MAJOR_AT && bit >> 3 < 8
      const reason = await refusal(load, bytes)
      if (isSpare !== (reason === undefined) || reason?.startsWith('thrown')) wrong.push(`bit ${bit}: ${reason}`)
    }
    expect(wrong).toEqual([])
  })

  it('wherever it was cut', async () => {
    const wrong: string[] = []
    for (let length = 0; length < good.length; length += 13) {
      const reason = await refusal(load, good.subarray(0, length))
      if (reason === undefined || reason.startsWith('thrown')) wrong.push(`${length} bytes: ${reason}`)
    }
    expect(wrong).toEqual([])
  })

  it('and the engine before goes on', async () => {
    const engine = await load(good)
    const before = engine.evaluateAll(context, now)
    for (const bytes of [new Uint8Array(), text('<html>'), good.subarray(0, 500)]) await refusal(load, bytes)
    expect(engine.evaluateAll(context, now)).toEqual(before)
    expect(before.every(({ reason }) => reason !== 'ERROR')).toBe(true)
    engine.free()
  })
})

/** The checksum of a snapshot's body: murmur3 of 32 bits, here in JavaScript's words, to let changed bodies pass. */
function seal(bytes: Uint8Array): Uint8Array {
  const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by))
  const mix = (word: number) => Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length - HEADER_BYTES
  let hash = 0x0fade500
  let at = HEADER_BYTES
  for (; at + 4 <= bytes.length; at += 4) {
    hash = (Math.imul(rotate(hash ^ mix(view.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let byte = bytes.length - 1; byte >= at; byte--) tail = (tail << 8) | (bytes[byte] ?? 0)
  if (at < bytes.length) hash ^= mix(tail)
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  view.setUint32(8, (hash ^ (hash >>> 16)) >>> 0, true)
  return bytes
}

describe('bytes that were changed and given a new checksum', () => {
  it('have the checksum that the compiler gives', () => {
    expect(seal(changed((bytes) => bytes.fill(0, 8, HEADER_BYTES)))).toEqual(good)
  })

  it('are refused with an error, or evaluate without a throw and explain the same', async () => {
    let refused = 0
    let loaded = 0
    const wrong: string[] = []
    for (let at = HEADER_BYTES; at < good.length; at += 3) {
      const bytes = seal(changed((bytes) => bytes.set([(at * 167) & 255], at)))
      let engine: Engine
      try {
        engine = await loadEngine(bytes)
      } catch (cause) {
        refused += 1
        if (cause instanceof WebAssembly.RuntimeError) wrong.push(`byte ${at}: ${cause}`)
        continue
      }
      loaded += 1
      const outcomes = engine.evaluateAll(context, now)
      if (outcomes.length !== engine.flags.length) wrong.push(`byte ${at}: ${outcomes.length} outcomes`)
      for (const outcome of outcomes) {
        if (outcome.errorCode === 'GENERAL') wrong.push(`byte ${at}: ${outcome.flag}: ${outcome.errorMessage}`)
      }
      const one = outcomes[at % outcomes.length]
      const { steps, ...told } = control.explain(bytes, one?.flag ?? '', context, now)
      if (JSON.stringify(told) !== JSON.stringify(one)) wrong.push(`byte ${at}: ${JSON.stringify([one, told, steps])}`)
      engine.free()
    }
    expect(wrong).toEqual([])
    expect(refused).toBeGreaterThan(100)
    expect(loaded).toBeGreaterThan(100)
  })
})

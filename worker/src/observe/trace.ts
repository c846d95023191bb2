import { toHex } from '../hex.ts'

/** Where a request belongs, by W3C Trace Context. */
export interface Trace {
  /** 32 lowercase hex digits. */
  readonly id: string
  /** What called, in 16 hex digits; absent when the trace begins here. */
  readonly parent?: string
  /** The header as it came, to be handed on unchanged; absent when none came that is valid. */
  readonly traceparent?: string
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const NOTHING = /^0+$/
const ID_BYTES = 16

/**
 * Takes a valid `traceparent` over, and begins a trace where there is none.
 *
 * A trace that begins here is not announced to origins: Fader records no spans, and an origin that were told so by the
 * flags would record none either. It decides for itself.
 */
export function traceOf(headers: Headers): Trace {
  const header = headers.get('traceparent')
  const [, version, id = '', parent = '', more] = TRACEPARENT.exec(header ?? '') ?? []
  const isKnown = version !== undefined && version !== 'ff' && (version !== '00' || more === undefined)
  if (header === null || !isKnown || NOTHING.test(id) || NOTHING.test(parent)) return { id: newId() }
  return { id, parent, traceparent: header }
}

/** The same for all requests of a trace, so that its events are either all there or not at all. */
export function isSampled({ id }: Trace, ratio: number): boolean {
  // The last digits are the random ones, also in identifiers that begin with a time.
  return Number.parseInt(id.slice(-13), 16) / 2 ** 52 < ratio
}

function newId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)))
}

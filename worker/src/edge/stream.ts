import type { Call, WaitUntil } from '../call.ts'
import { Problem } from '../problem.ts'
import type { Edge } from './edge.ts'
import type { Listeners } from './listeners.ts'

const HEARTBEAT_MS = 15_000
/** Clocks of different stores and isolates are no further apart. */
const AHEAD_MS = 60_000
/** Listeners of an isolate that ends must not all come back in one instant. */
const RECONNECT_MS = { least: 1000, most: 5000 }

/**
 * Tells of new revisions as server-sent events, in the flag protocol's words: `refetchEvaluation`.
 *
 * A listener is served from what its isolate knows. While there are listeners the isolate goes on asking for what is
 * new, once in an interval for all of them.
 */
export async function stream(call: Call): Promise<Response> {
  await call.services.edge.ready(call.waitUntil)
  const listener = new Listener(call)
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const text = await listener.next()
        if (text === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(text))
      },
      cancel: () => listener.leave(),
    },
    // Nothing is made before somebody reads, and nothing is piled up for who reads slowly.
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that would wait for the end of it are told not to.
      'x-accel-buffering': 'no',
    },
  })
}

/**
 * One connection. It has a loop of its own that looks for news, because a request may neither write into the stream of
 * another nor be relied on to wake it.
 */
class Listener {
  readonly #edge: Edge
  readonly #waitUntil: WaitUntil
  readonly #listeners: Listeners
  readonly #place: symbol
  readonly #intervalMs: number
  /** The digest of the token that let it in. */
  readonly #digest: string | undefined
  /** The revision that it was told of, and the moment by which it comes back. */
  #told: { revision: number; issued: number }
  #hasBegun = false
  #hasLeft = false
  #spokeAt = Date.now()

  /** Throws when the isolate has no place left. */
  constructor({ services, request, caller, waitUntil }: Call) {
    this.#edge = services.edge
    this.#waitUntil = waitUntil
    this.#listeners = services.listeners
    this.#intervalMs = services.settings.refreshIntervalMs
    this.#digest = 'entry' in caller ? caller.entry.digest : undefined
    const { revision = 0, issued = 0 } = services.edge.held ?? {}
    const last = request.headers.get('last-event-id') ?? ''
    // Who knows this moment, or a later one of an isolate that is ahead, has nothing to hear. Whoever says nothing of it,
    // or what cannot be, may have missed something.
    const isKnown = /^\d{1,15}$/.test(last) && Number(last) >= issued && Number(last) < Date.now() + AHEAD_MS
    this.#told = isKnown ? { revision, issued: Number(last) } : { revision: -1, issued: -1 }
    const place = services.listeners.join()
    if (place === undefined) throw tooMany()
    this.#place = place
  }

  /** What to say next, once there is something to say; undefined at the end. */
  async next(): Promise<string | undefined> {
    if (!this.#hasBegun) return this.#begin()
    while (!this.#hasLeft) {
      this.#listeners.see(this.#place)
      this.#edge.askIfDue(this.#waitUntil)
      if (!this.#isLetIn()) break
      const said = this.#news() ?? this.#heartbeat()
      if (said !== undefined) return said
      await scheduler.wait(Math.min(this.#intervalMs, this.#listeners.pauseMs))
    }
    this.leave()
    return undefined
  }

  leave(): void {
    this.#hasLeft = true
    this.#listeners.leave(this.#place)
  }

  #begin(): string {
    this.#hasBegun = true
    const { least, most } = RECONNECT_MS
    return `retry: ${Math.round(least + (most - least) * Math.random())}\n\n`
  }

  /** A token that is revoked, or runs out, ends the streams that it opened. */
  #isLetIn(): boolean {
    return this.#digest === undefined || this.#edge.entryOf(this.#digest) !== undefined
  }

  #news(): string | undefined {
    const { revision = 0, issued = 0 } = this.#edge.held ?? {}
    if (revision <= this.#told.revision || issued <= this.#told.issued) return undefined
    this.#told = { revision, issued }
    this.#spokeAt = Date.now()
    return `id: ${issued}\ndata: ${JSON.stringify({ type: 'refetchEvaluation', revision })}\n\n`
  }

  #heartbeat(): string | undefined {
    if (Date.now() - this.#spokeAt < HEARTBEAT_MS) return undefined
    this.#spokeAt = Date.now()
    return ':\n\n'
  }
}

function tooMany(): Problem {
  return new Problem('too-many-listeners', 'This isolate has as many listeners as it serves.', {
    headers: { 'retry-after': String(5 + Math.floor(10 * Math.random())) },
  })
}

/** A page that lived so long did not break at its start. */
const FIRST_BEAT_MS = 10_000
const BEAT_MS = 60_000

/**
 * Records how a page does, whatever it is about: what nobody caught, how long it took to load and to react, and that it
 * lives. What errors say and where they came from is not recorded, because it may be about a person. Returns how to stop.
 */
export function watchHealth(record: (name: string, value?: number) => void): () => void {
  if (typeof document === 'undefined') return () => {}
  const stopping = new AbortController()
  const { signal } = stopping
  // Scripts, images and styles that could not be loaded tell only those who ask for it while the event goes down.
  addEventListener('error', () => record('fader.error'), { signal })
  addEventListener('unhandledrejection', () => record('fader.rejection'), { signal })
  watchTimes((name, value) => {
    if (!signal.aborted) record(name, value)
  }).catch(() => {})
  const stopBeats = beat(() => record('fader.heartbeat'))
  return () => {
    stopping.abort()
    stopBeats()
  }
}

/** Each time is told once for each visit of a page: of reactions, the slowest up to when it was first hidden. */
async function watchTimes(record: (name: string, value: number) => void): Promise<void> {
  // A page that has no bundler may not know where this library is, and must not miss all else for that.
  const { onINP, onLCP, onTTFB } = await import('web-vitals')
  const told = new Set<string>()
  const as =
    (name: string) =>
    ({ id, value }: { readonly id: string; readonly value: number }) => {
      if (told.has(id)) return
      told.add(id)
      record(name, value)
    }
  onLCP(as('fader.load'))
  onTTFB(as('fader.response'))
  onINP(as('fader.interaction'))
}

function beat(record: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const next = (ms: number) => {
    timer = setTimeout(() => {
      if (ms < BEAT_MS || document.visibilityState === 'visible') record()
      next(BEAT_MS)
    }, ms)
  }
  next(Math.max(0, FIRST_BEAT_MS - performance.now()))
  return () => clearTimeout(timer)
}

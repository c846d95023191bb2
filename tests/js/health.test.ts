import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchHealth } from '../../js/src/health.ts'

/** Stands in for the page: what `watchHealth` listens to and looks at. */
function openPage(): { page: EventTarget; document: { visibilityState: string } } {
  const page = new EventTarget()
  const document = { visibilityState: 'visible' }
  vi.stubGlobal('document', document)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  return { page, document }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  vi.spyOn(performance, 'now').mockReturnValue(4000)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the health of a page', () => {
  it('is not watched where there is none', () => {
    const recorded: string[] = []
    const stop = watchHealth((name) => recorded.push(name))
    vi.advanceTimersByTime(600_000)
    stop()
    expect(recorded).toEqual([])
  })

  it.each([
    ['error', 'fader.error'],
    ['unhandledrejection', 'fader.rejection'],
  ])('counts each %s, and says nothing of it', (event, name) => {
    const { page } = openPage()
    const recorded: unknown[][] = []
    const stop = watchHealth((...said) => recorded.push(said))
    page.dispatchEvent(Object.assign(new Event(event), { message: 'of anna', error: new Error('of anna') }))
    page.dispatchEvent(Object.assign(new Event(event), { message: 'Script error.' }))
    expect(recorded).toEqual([[name], [name]])
    stop()
    page.dispatchEvent(new Event(event))
    expect(recorded).toHaveLength(2)
  })

  it('beats when the page is ten seconds old, and then each minute in which it is visible', () => {
    const { document } = openPage()
    const beats: number[] = []
    const stop = watchHealth((name) => {
      if (name === 'fader.heartbeat') beats.push(Date.now() + 4000)
    })
    vi.advanceTimersByTime(126_000)
    document.visibilityState = 'hidden'
    vi.advanceTimersByTime(120_000)
    document.visibilityState = 'visible'
    vi.advanceTimersByTime(60_000)
    stop()
    vi.advanceTimersByTime(600_000)
    expect(beats).toEqual([10_000, 70_000, 130_000, 310_000])
  })
})

import { describe, expect, it } from 'vitest'
import { Breaker, type BreakerState, type Leave } from '../../worker/src/traffic/breaker.ts'

/** What happens to a breaker, one word after another, and how it is at the end. */
const cases: [story: string, events: string, state: BreakerState][] = [
  ['begins closed', '', 'closed'],
  ['stays closed while all is well', 'ok ok ok', 'closed'],
  ['forgives four failures in a row', 'bad bad bad bad', 'closed'],
  ['opens at the fifth', 'bad bad bad bad bad', 'open'],
  ['counts anew after a success', 'bad bad bad bad ok bad bad bad bad', 'closed'],
  ['opens when half of twenty fail, though never two in a row', 'ok bad '.repeat(10), 'open'],
  ['needs twenty for that', 'ok bad '.repeat(9), 'closed'],
  ['does not mind one in four', 'ok ok ok bad '.repeat(20), 'closed'],
  ['forgets what was before the window', `${'ok bad '.repeat(9)}+10000 ok bad`, 'closed'],
  ['lets nothing pass while it is open', 'bad bad bad bad bad refused +999 refused', 'open'],
  ['lets one probe pass after a second', 'bad bad bad bad bad +1000 probe refused refused', 'half-open'],
  ['closes when the probe succeeds', 'bad bad bad bad bad +1000 probe good ok', 'closed'],
  ['opens for twice as long when it fails', 'bad bad bad bad bad +1000 probe failed +1999 refused', 'open'],
  ['and probes again after that', 'bad bad bad bad bad +1000 probe failed +2000 probe good', 'closed'],
  [
    'waits half a minute at most',
    `bad bad bad bad bad ${'+30000 probe failed '.repeat(8)}+29999 refused +1 probe`,
    'half-open',
  ],
  [
    'begins with a second again after it closed',
    'bad bad bad bad bad +1000 probe failed +2000 probe good bad bad bad bad bad +1000 probe',
    'half-open',
  ],
  [
    'sends another probe when one was never heard of again',
    'bad bad bad bad bad +1000 probe +59999 refused +1 probe',
    'half-open',
  ],
  ['does not hear what was sent before it opened', 'early bad bad bad bad bad late-ok', 'open'],
  ['nor while it probes', 'early bad bad bad bad bad +1000 probe late-ok refused', 'half-open'],
  ['nor after it closed', 'early bad bad bad bad bad +1000 probe good bad bad bad bad late-bad', 'closed'],
]

/** Plays a story on a clock of its own. */
function play(events: string): BreakerState {
  let now = 1_000_000
  const breaker = new Breaker(() => now)
  const kept: Record<string, Leave | undefined> = {}
  const send = (name: string) => {
    kept[name] = breaker.ask()
    expect(kept[name], `${events}: ${name}`).toBeDefined()
  }
  const tell = (name: string, isFailure: boolean) => {
    const leave = kept[name]
    if (leave !== undefined) breaker.tell(leave, isFailure)
  }
  const words: Record<string, () => void> = {
    ok: () => [send('now'), tell('now', false)],
    bad: () => [send('now'), tell('now', true)],
    probe: () => send('probe'),
    good: () => tell('probe', false),
    failed: () => tell('probe', true),
    early: () => send('early'),
    'late-ok': () => tell('early', false),
    'late-bad': () => tell('early', true),
    refused: () => expect(breaker.ask(), `${events}: refused`).toBeUndefined(),
  }
  for (const event of events.split(' ').filter((word) => word !== '')) {
    if (event.startsWith('+')) now += Number(event)
    else words[event]?.()
  }
  return breaker.state
}

describe('a breaker', () => {
  it.each(cases)('%s', (_, events, state) => {
    expect(play(events)).toBe(state)
  })

  it('says how long it is still open', () => {
    let now = 0
    const breaker = new Breaker(() => now, { consecutive: 1, backOffMs: 500 })
    const leave = breaker.ask()
    expect(breaker.waitMs).toBe(0)
    if (leave !== undefined) breaker.tell(leave, true)
    now = 200
    expect(breaker.waitMs).toBe(300)
    now = 700
    expect(breaker.waitMs).toBe(0)
  })
})

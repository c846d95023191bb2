import { reset } from 'cloudflare:test'
import { beforeEach, expect, it } from 'vitest'
import type { Happening } from '../../js/dist/events/event.js'
import { createRecorder } from '../../js/dist/events/recorder.js'
import { dice } from './dice.ts'
import { accountOf } from './happened.ts'
import { grantTokens, type Isolate, isolate } from './isolate.ts'
import { CLIENT_TOKEN } from './token.ts'

let worker: Isolate

beforeEach(async () => {
  await reset()
  await grantTokens()
  worker = isolate()
})

type Roll = (sides: number) => number

/** A network that, as long as it is bad, loses some questions and some answers. */
function networkTo(on: Isolate, roll: Roll) {
  const network = {
    isBad: true,
    lostAnswers: 0,
    fetch: async (address: RequestInfo | URL, init: RequestInit = {}) => {
      const fate = network.isBad ? roll(3) : 0
      if (fate === 1) throw new TypeError('the question was lost')
      const response = await on.fetch(String(address), init)
      if (fate !== 2) return response
      network.lostAnswers += 1
      throw new TypeError('the answer was lost')
    },
  }
  return network
}

/** Something that is recorded once: an exposure that was not met yet, or a value. */
function happening(number: number, roll: Roll): Happening {
  const units = { userId: `u-${roll(3)}`, deviceId: 'd-1' }
  const at = Date.now() - roll(10_000)
  if (roll(2) === 0) return { at, units, name: roll(10) === 0 ? 'not a name' : 'purchase', value: roll(1000) / 7 }
  const outcome = {
    flag: `flag-${number}`,
    variant: 'on',
    value: true,
    reason: 'SPLIT',
    rule: 'rule-1',
    arm: 'treated',
  }
  return { at, units, revision: 3, outcome } as Happening
}

it('takes from the client what it records, each event once, whatever the network does', async () => {
  const roll = dice(42)
  let [given, misnamed, lostAnswers] = [0, 0, 0]
  for (let life = 0; life < 20; life += 1) {
    const network = networkTo(worker, roll)
    const address = `/v1/events?key=${CLIENT_TOKEN}`
    const recorder = createRecorder({ address, fetch: network.fetch as typeof fetch, page: {} })
    for (let round = 0; round < 8; round += 1) {
      for (let left = roll(40); left > 0; left -= 1) {
        const happened = happening(given, roll)
        recorder.record(happened)
        given += 1
        if ('name' in happened && happened.name === 'not a name') misnamed += 1
      }
      await recorder.flush()
    }
    network.isBad = false
    await recorder.flush()
    recorder.close()
    lostAnswers += network.lostAnswers
  }
  const { body } = await accountOf(worker)
  expect(body).toMatchObject({
    lives: 20,
    generated: given,
    stored: given - misnamed,
    rejected: { name: misnamed },
    dropped: {},
    missing: 0,
  })
  expect([lostAnswers > 10, body.duplicates > 100, misnamed > 10]).toEqual([true, true, true])
}, 60_000)

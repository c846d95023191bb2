import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { RemoteFeed } from '../../js/dist/remote-feed.js'
import { asks, define } from './support/definition.ts'
import { Evaluator } from './support/ofrep.ts'
import { bodyAnswer, TestServer } from './support/server.ts'

const sweden = { country: 'SE' }
const norway = { country: 'NO' }

let server: TestServer
const at: Evaluator[] = []

beforeAll(async () => {
  for (const revision of [0, 1, 2]) at.push(await Evaluator.of(define({ swedish: asks(sweden) }, { revision })))
})

beforeEach(async () => {
  server = await TestServer.start()
  publish(1)
})

afterEach(() => server.stop())

const evaluator = (revision: number) => at[revision] as Evaluator

function publish(revision: number): void {
  server.answer = evaluator(revision).answer
}

describe('the feed', () => {
  it.each([
    [429, '7', 7000],
    [503, '0.5', 500],
    [500, '7', 0],
    [429, '', 0],
  ])('leaves the server alone that says %i and %j', async (status, after, ms) => {
    const feed = new RemoteFeed({ url: server.url })
    server.answer = bodyAnswer(status, '', after ? { 'retry-after': after } : {})
    await expect(feed.refresh(sweden)).rejects.toThrow(`answered ${status}`)
    expect(feed.source.requests.retryAfterMs).toBe(ms)
  })

  it('throws away what was asked for earlier and comes later', async () => {
    const feed = new RemoteFeed({ url: server.url })
    await feed.refresh(sweden)
    let release = () => {}
    server.answer = (request, response) => {
      release = () => evaluator(2).tell(sweden, request, response)
    }
    const late = feed.refresh(sweden)
    await vi.waitFor(() => expect(server.requests).toHaveLength(2))
    publish(1)
    const answers = await feed.answer(norway)
    release()
    expect(await late).toBe(false)
    expect(feed.revision).toBe(1)
    expect(await feed.answer(norway)).toBe(answers)
  })

  it('answers at once for the context that it asked for last', async () => {
    const feed = new RemoteFeed({ url: server.url })
    expect(feed.revision).toBeUndefined()
    expect(await feed.refresh(sweden)).toBe(true)
    expect(feed.answer({ ...sweden, $sticky: { drawn: 'b' } })).not.toBeInstanceOf(Promise)
    const asked = feed.answer(norway)
    expect(asked).toBeInstanceOf(Promise)
    expect((await asked).outcome('swedish').value).toBe(false)
  })
})

import { exports } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type worker from '../../worker/src/index.ts'
import { env } from './isolate.ts'
import { DEFINITION } from './shop.ts'
import { ADMIN_TOKEN } from './token.ts'

const { default: deployed } = exports as unknown as { default: Fetcher }
const at = (path: string) => `https://flags.example.com${path}`

afterEach(() => vi.restoreAllMocks())

describe('the worker as it is deployed', () => {
  it('keeps its engine from request to request', async () => {
    const empty = await deployed.fetch(at('/healthz'))
    expect(await empty.json()).toMatchObject({ status: 'empty', counters: { asked: 1 } })
    const published = await deployed.fetch(at('/v1/admin/definition'), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'if-match': '*',
        'content-type': 'application/json',
        'fader-reason': 'a test',
      },
      body: DEFINITION,
    })
    expect(published.status).toBe(200)
    const healthy = await deployed.fetch(at('/healthz'))
    expect(await healthy.json()).toMatchObject({ status: 'ok', revision: 1, counters: { asked: 2, adopted: 1 } })
  })

  it('says in its log what is wrong with its configuration, and to callers only that something is', async () => {
    vi.resetModules()
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { default: fresh } = await import('../../worker/src/index.ts')
    const request = new Request(at('/healthz')) as Parameters<typeof worker.fetch>[0]
    const response = await fresh.fetch(request, { ...env, REFRESH_INTERVAL_MS: 'soon' }, {} as ExecutionContext)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('REFRESH_INTERVAL_MS')
    expect(String(log.mock.calls[0]?.[0])).toContain('REFRESH_INTERVAL_MS')
  })
})

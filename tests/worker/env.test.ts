import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseSettings } from '../../worker/src/env.ts'
import { env, isolate } from './isolate.ts'

describe('the configuration', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is parsed into the types that the code wants', () => {
    const settings = parseSettings({ ...env, ENVIRONMENT: 'staging', REFRESH_INTERVAL_MS: '250' })
    expect(settings).toMatchObject({ environment: 'staging', refreshIntervalMs: 250 })
    expect(settings.adminTokenDigest).toHaveLength(32)
  })

  it.each([undefined, '', ' ', '../x', 'a b', 'é', `a${'b'.repeat(128)}`])('has no environment %j', (name) => {
    expect(() => parseSettings({ ...env, ENVIRONMENT: name as string })).toThrow(/^ENVIRONMENT must/)
  })

  it.each([undefined, '', ' ', '0', '-1', '1.5', '1s', 'Infinity', 'NaN'])('has no interval %j', (interval) => {
    expect(() => parseSettings({ ...env, REFRESH_INTERVAL_MS: interval as string })).toThrow(
      /^REFRESH_INTERVAL_MS must/,
    )
  })

  it.each(['', 'secret', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}g`])(
    'with the digest %j closes the admin routes, and says nothing of it',
    async (digest) => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      const worker = isolate({ env: { ADMIN_TOKEN_DIGEST: digest } })
      expect((await worker.admin('/v1/admin/definition')).status).toBe(401)
      expect((await worker.fetch('/healthz')).status).toBe(200)
      if (digest !== '') expect(JSON.stringify(log.mock.calls)).not.toContain(digest)
    },
  )

  it('without a digest closes the admin routes', async () => {
    const { ADMIN_TOKEN_DIGEST: _, ...without } = env
    expect(parseSettings(without).adminTokenDigest).toBeUndefined()
  })
})

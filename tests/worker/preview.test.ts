import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Role, Scope } from '../../worker/src/access/token.ts'
import { parseSettings } from '../../worker/src/env.ts'
import { bytesOfHex, sha256Hex } from '../../worker/src/hex.ts'
import type { Preview } from '../../worker/src/operate/preview.ts'
import { env, type Isolate, isolate, publish } from './isolate.ts'
import { post, why } from './operating.ts'
import { definitionWith } from './shop.ts'

const DEFINITION = definitionWith({
  own: { type: 'string', owner: 'a', reveal: 'value', variants: { x: 'x', y: 'y' }, safe: 'x' },
  large: { type: 'string', reveal: 'rule', variants: { much: 'ä'.repeat(4000), little: 'a' }, safe: 'little' },
})

let worker: Isolate

beforeEach(async () => {
  await reset()
  worker = isolate()
  await publish(worker, DEFINITION)
})

interface Answered {
  readonly preview: string
  readonly query: string
  readonly expires: number
}

async function ask(body: unknown, headers: Record<string, string> = {}, on = worker) {
  const answer = await post(on, 'preview', body, headers)
  return { ...answer, body: answer.body as unknown as Answered & { detail: string; type: string } }
}

const decoded = (part = '') =>
  Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const parsed = (part = '') => JSON.parse(new TextDecoder().decode(decoded(part)))

/** What a preview says, when a key that is trusted has signed it. */
async function opened(preview: string): Promise<Preview> {
  const [head, payload, signature] = preview.split('.')
  const { alg, kid } = parsed(head)
  const jwk = parseSettings(env).trustedKeys.find((known) => known.kid === kid)
  if (alg !== 'EdDSA' || jwk === undefined) throw new Error('no key that is trusted has signed it')
  const { kty, crv, x } = jwk
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify'])
  const signed = new TextEncoder().encode(`${head}.${payload}`)
  expect(await crypto.subtle.verify('Ed25519', key, decoded(signature), signed)).toBe(true)
  return parsed(payload)
}

async function lastEntry(): Promise<Record<string, unknown>> {
  const bytes = await (await worker.admin('/v1/admin/audit?after=0')).arrayBuffer()
  return JSON.parse(new TextDecoder().decode(bytes).trimEnd().split('\n').at(-1) ?? '')
}

describe('a preview', () => {
  it('has the values of the variants, signed, for an hour', async () => {
    const before = Date.now()
    const answers = { search: 'better', 'team/banner': 'on', limits: 'small', constructor: 'seven' }
    const { status, body } = await ask({ answers, why })
    expect(status).toBe(200)
    expect(body.query).toBe(`fader-preview=${body.preview}`)
    expect(new URLSearchParams(body.query).get('fader-preview')).toBe(body.preview)
    const said = await opened(body.preview)
    expect(said).toEqual({
      environment: 'production',
      document: 'preview',
      issued: expect.any(Number),
      expires: body.expires,
      answers: {
        search: { variant: 'better', value: 'better' },
        'team/banner': { variant: 'on', value: true },
        limits: { variant: 'small', value: { items: 3 } },
        constructor: { variant: 'seven', value: 7 },
      },
    })
    expect(said.issued).toBeGreaterThanOrEqual(before)
    expect(said.expires - said.issued).toBe(3600_000)
  })

  it.each([1, 30, 1440])('is good for %s minutes where that is asked for', async (minutes) => {
    const { body } = await ask({ answers: { search: 'better' }, minutes, why })
    const { issued, expires } = await opened(body.preview)
    expect(expires - issued).toBe(minutes * 60_000)
  })

  it('is written down, and changes nothing', async () => {
    const { body } = await ask({ answers: { search: 'better' }, minutes: 5, why: 'she calls' })
    expect(await lastEntry()).toMatchObject({
      action: 'preview',
      actor: { id: 'root', name: 'root', kind: 'person' },
      why: 'she calls',
      preview: { answers: { search: 'better' }, expires: new Date(body.expires).toISOString() },
    })
    expect((await worker.admin('/v1/admin/definition')).headers.get('fader-revision')).toBe('1')
    expect((await worker.admin('/v1/admin/audit/head')).status).toBe(200)
  })

  it('is answered again as it was when its request is sent again', async () => {
    const first = await ask({ answers: { search: 'better' }, why }, { 'idempotency-key': 'k' })
    const { seq } = await lastEntry()
    const again = await ask({ answers: { search: 'better' }, why }, { 'idempotency-key': 'k' })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    expect((await lastEntry()).seq).toBe(seq)
    expect((await ask({ answers: { search: 'existing' }, why }, { 'idempotency-key': 'k' })).status).toBe(422)
  })

  it('is adopted by nobody as if it were a document', async () => {
    const { body } = await ask({ answers: { search: 'better' }, why })
    const { createVerifier } = await import('fader')
    const verify = createVerifier(parseSettings(env).trustedKeys)
    for (const document of ['edge', 'client', 'reveal', 'access', 'audit'] as const) {
      await expect(verify(body.preview, document, bytesOfHex('00'))).rejects.toThrow('about preview')
    }
  })

  it('leaves isolates where they are, and able to go on', async () => {
    await ask({ answers: { search: 'better' }, why })
    await worker.services.edge.refresh()
    expect(worker.services.edge.revision).toBe(1)
    expect(await publish(worker, DEFINITION.replace('seven', 'eight').replace('seven', 'eight'))).toBe(2)
  })
})

const twentyOne = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`f${at}`, 'on']))

describe('a preview that is asked for in vain', () => {
  it.each<[string, object, number, string]>([
    ['of a flag that is not there', { answers: { nothing: 'on' } }, 404, 'There is no flag `nothing`'],
    [
      'of a variant that is not there',
      { answers: { search: 'best' } },
      404,
      'has no variant `best`; it has `existing`',
    ],
    ['of a variant by a name that all objects have', { answers: { search: 'toString' } }, 404, 'has no variant'],
    ['of a flag that clients never see', { answers: { secret: 'hidden' } }, 404, 'is not revealed to clients'],
    ['of one right flag and one wrong', { answers: { search: 'better', secret: 'hidden' } }, 404, 'not revealed'],
    ['of nothing', { answers: {} }, 400, '`answers` must be an object of 1 to 20'],
    ['of too much', { answers: twentyOne }, 400, '`answers` must be an object of 1 to 20'],
    ['of a list', { answers: ['search'] }, 400, '`answers` must be an object of 1 to 20'],
    ['of a value in place of a variant', { answers: { search: true } }, 400, '`answers.search` must be a text'],
    ['of values too long for an address', { answers: { large: 'much' } }, 400, 'the address too long'],
    [
      'for no time',
      { answers: { search: 'better' }, minutes: 0 },
      400,
      '`minutes` must be a whole number from 1 to 1440',
    ],
    ['for two days', { answers: { search: 'better' }, minutes: 2880 }, 400, '`minutes` must be'],
    ['for half a minute', { answers: { search: 'better' }, minutes: 0.5 }, 400, '`minutes` must be'],
    ['for nobody knows why', { answers: { search: 'better' }, why: ' ' }, 428, 'Say why'],
    ['with more than there is', { answers: { search: 'better' }, user: 'u' }, 400, '"user"'],
  ])('%s is refused, and nothing is written down', async (_, wish, status, detail) => {
    const { seq } = await lastEntry()
    const answer = await ask({ why, ...wish })
    expect(answer.status).toBe(status)
    expect(answer.body.detail).toContain(detail)
    expect((await lastEntry()).seq).toBe(seq)
  })

  it('before anything is published is refused', async () => {
    await reset()
    expect(await ask({ answers: { search: 'better' }, why }, {}, isolate())).toMatchObject({ status: 404 })
  })
})

describe('who may', () => {
  it.each<[Role, Scope, object, number]>([
    ['viewer', {}, { search: 'better' }, 403],
    ['support', {}, { search: 'better' }, 200],
    ['support', { team: 'a' }, { own: 'y' }, 200],
    ['support', { team: 'a' }, { own: 'y', search: 'better' }, 403],
    ['support', { team: 'a' }, { nothing: 'y' }, 403],
    ['support', { flagPrefix: 'team/' }, { 'team/banner': 'on' }, 200],
    ['support', { flagPrefix: 'team/' }, { search: 'better' }, 403],
    ['support', { maxShare: 1 }, { search: 'better' }, 200],
    ['owner', { team: 'a' }, { own: 'y' }, 200],
    ['owner', { team: 'b' }, { own: 'y' }, 403],
    ['publisher', {}, { own: 'y', search: 'better' }, 200],
    ['admin', {}, { own: 'y', search: 'better' }, 200],
  ])('%s within %j, %j: %s', async (role, scope, answers, status) => {
    const token = `fader_admin_test-${crypto.randomUUID()}`
    const root = { id: 'root', name: 'root', role: 'admin', kind: 'person' } as const
    const wish = { kind: 'admin', name: role, role, scope, digest: await sha256Hex(token) } as const
    await env.FLAG_STORE.getByName('production').grant(root, wish)
    const response = await worker.fetch('/v1/admin/preview', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ answers, why }),
    })
    expect(response.status).toBe(status)
  })
})

import { reset } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import { routes } from '../../worker/src/routes.ts'
import { dead, sourceFrom } from './alone.ts'
import { env, evaluate, type Isolate, isolate, publish } from './isolate.ts'
import { definitionWith } from './shop.ts'

const ONE = '/ofrep/v1/evaluate/flags/search'
const BULK = '/ofrep/v1/evaluate/flags'

/** Names that every object has, or that change what an object is. */
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']

const named = (name: string) => ({
  type: 'string',
  reveal: 'value',
  variants: { off: 'off', on: `on ${name}` },
  safe: 'off',
  rules: [{ id: 'all', where: { [name]: 'yes' }, serve: 'on' }],
})

/** Those of them that a flag may have. */
const KEYS = NAMES.filter((name) => !name.startsWith('_') && name !== 'constructor')

const definition = definitionWith(Object.fromEntries(KEYS.map((key) => [key, named(key)])))

let worker: Isolate
beforeEach(async () => {
  await reset()
  worker = isolate()
  await publish(worker, definition)
})

/** Sends a body as it stands, and gives what came of it. */
async function send(body: string, path = ONE) {
  const response = await worker.client(path, { method: 'POST', body })
  return { status: response.status, answer: await response.json<Record<string, unknown>>() }
}

const inContext = (text: string) => `{"context":{"country":"SE",${text}}}`

describe('names that every object has', () => {
  it.each(KEYS)('%s is a flag like any other', async (name) => {
    const path = `${BULK}/${name}`
    expect((await send('{"context":{}}', path)).answer).toMatchObject({ key: name, value: 'off', reason: 'DEFAULT' })
    const on = await send(`{"context":{"${name}":"yes"}}`, path)
    expect(on.answer).toMatchObject({ key: name, value: `on ${name}`, reason: 'TARGETING_MATCH' })
  })

  it.each(NAMES)('%s is an attribute like any other, and pollutes nothing', async (name) => {
    for (const value of ['"yes"', '{"country":"SE","polluted":true}', 'null', '[]', '1']) {
      expect((await send(`{"context":{"${name}":${value}}}`)).answer, value).toMatchObject({ value: 'existing' })
      expect((await send(inContext(`"${name}":${value}`))).answer, value).toMatchObject({ value: 'better' })
    }
    expect((await send(`{"__proto__":{"context":{"country":"SE"}}}`)).answer).toMatchObject({ value: 'existing' })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(({} as Record<string, unknown>).country).toBeUndefined()
  })

  it.each(['__proto__', '__defineGetter__', 'isPrototypeOf'])('%s is no flag where nobody made one', async (name) => {
    expect(await send('{"context":{}}', `${BULK}/${name}`)).toMatchObject({
      status: 404,
      answer: { key: name, errorCode: 'FLAG_NOT_FOUND' },
    })
  })

  it('are all among all flags, once', async () => {
    const { answer } = await send('{"context":{}}', BULK)
    const keys = (answer.flags as { key: string }[]).map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(KEYS))
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('a context that means harm', () => {
  const deep = (open: string, close: string, levels: number) => `"x":${open.repeat(levels)}1${close.repeat(levels)}`

  it.each([
    ['lists, 15 deep', deep('[', ']', 15), 200],
    ['lists, 16 deep', deep('[', ']', 16), 400],
    ['objects, 15 deep', deep('{"a":', '}', 15), 200],
    ['objects, 16 deep', deep('{"a":', '}', 16), 400],
    ['lists, 100,000 deep', deep('[', ']', 100_000), 400],
    ['objects, 40,000 deep', deep('{"a":', '}', 40_000), 400],
    ['brackets that are never closed', `"x":${'['.repeat(200_000)}`, 400],
    ['both, one in the other', deep('[{"a":', '}]', 8), 400],
    ['many shallow ones', `"x":[${'[],'.repeat(50_000)}[]]`, 200],
    ['brackets in a string', `"x":"${'[{'.repeat(1000)}"`, 200],
    ['brackets after a quote that is escaped', `"x":"\\"${'['.repeat(1000)}"`, 200],
    ['brackets after a backslash that is escaped', `"x":"\\\\","y":${'['.repeat(20)}${']'.repeat(20)}`, 400],
    ['brackets in a name', `"${'['.repeat(1000)}":1`, 200],
  ])('is answered: %s', async (_, text, status) => {
    const { status: seen, answer } = await send(inContext(text))
    expect(seen).toBe(status)
    expect(answer).toMatchObject(status === 200 ? { value: 'better' } : { errorCode: 'INVALID_CONTEXT' })
  })

  it.each([
    ['a million names', Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join(',')],
    ['a string of 10 MB', `"x":"${'x'.repeat(10_000_000)}"`],
    ['a name of 10 MB', `"${'x'.repeat(10_000_000)}":1`],
    ['a number of 10 MB', `"x":${'1'.repeat(10_000_000)}`],
  ])('is too large before it is parsed: %s', async (_, text) => {
    const { status, answer } = await send(inContext(text))
    expect(status).toBe(413)
    expect(answer).toEqual({ key: 'search', errorCode: 'GENERAL', errorDetails: expect.any(String) })
  })

  it.each([
    ['a name twice, of which the last counts', '{"context":{"country":"NO","country":"SE"}}', 'better'],
    ['a context twice, of which the last counts', '{"context":{"country":"SE"},"context":{}}', 'existing'],
    ['half of a pair', inContext('"x":"\\ud800","\\udfff":"\\udc00"'), 'better'],
    ['half of a pair as the country', '{"context":{"country":"\\ud800"}}', 'existing'],
    ['half of a pair as the user', inContext('"targetingKey":"\\ud83d"'), 'better'],
    ['a number beyond all numbers', inContext('"x":1e400,"y":-1e400'), 'better'],
    ['a number beyond all numbers as the country', '{"context":{"country":1e400}}', 'existing'],
    ['a number of many digits', inContext(`"x":${'9'.repeat(400)}`), 'better'],
    ['nothing, in many ways', inContext('"x":null,"y":"","z":[],"w":{}'), 'better'],
    ['a NUL', inContext('"x":"\\u0000","\\u0000":1'), 'better'],
    ['twenty thousand names', inContext(Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join(',')), 'better'],
  ])('is answered rightly: %s', async (_, body, value) => {
    expect((await send(body)).answer).toMatchObject({ value })
    const all = await send(body, BULK)
    expect(all.status).toBe(200)
    expect((all.answer.flags as { key: string }[]).find(({ key }) => key === 'search')).toMatchObject({ value })
  })

  it('leaves the engine well', async () => {
    for (const text of [
      `"userId":"${'x'.repeat(200_000)}"`,
      '"userId":"\\ud800"',
      '"userId":1e400',
      '"userId":[[[]]]',
    ]) {
      await send(inContext(text), BULK)
    }
    expect((await send('{"context":{"userId":"u-1"}}', `${BULK}/team%2Fbanner`)).answer).toMatchObject({ value: true })
  })

  it('with more text than the engine takes is an error for each flag that reads it, and a 400 for one', async () => {
    const body = `{"context":{"country":"${'x'.repeat(100_000)}"}}`
    const { status, answer } = await send(body)
    expect(status).toBe(400)
    expect(answer).toMatchObject({ key: 'search', errorCode: 'INVALID_CONTEXT' })
    const all = await send(body, BULK)
    expect(all.status).toBe(200)
    for (const flag of all.answer.flags as object[]) expect(flag).toMatchObject({ errorCode: 'INVALID_CONTEXT' })
  })
})

describe('every way to fail', () => {
  const broken = () => ({ ready: () => Promise.reject(new Error('secret inside')), entryOf: () => undefined })

  it.each([ONE, BULK])("is told in the protocol's words: %s", async (path) => {
    const ask = (init: RequestInit, on = worker) => on.fetch(path, { method: 'POST', ...init })
    const bearer = { authorization: 'Bearer wrong' }
    const cold = isolate({ source: sourceFrom(dead(new Error('away'))) })
    for (const [status, response] of [
      [400, await worker.client(path, { method: 'POST', body: '[' })],
      [401, await ask({})],
      [401, await ask({ headers: bearer })],
      [413, await worker.client(path, { method: 'POST', body: 'x'.repeat(300_000) })],
      [415, await worker.client(path, { method: 'POST', body: 'x', headers: { 'content-encoding': 'br' } })],
      [500, await cold.client(path, { method: 'POST', body: '{}' })],
    ] as const) {
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      const key = path === ONE ? { key: 'search' } : {}
      const errorCode = status === 400 ? 'PARSE_ERROR' : 'GENERAL'
      expect(await response.json()).toEqual({ ...key, errorCode, errorDetails: expect.any(String) })
    }
  })

  it('is a 403 for a token that may not, also in the protocol', async () => {
    const row = routes.find((route) => route.path === BULK)
    expect(row?.failure).toBeDefined()
    const table = routes.map((route) => ({ ...route, access: 'replicate' as const }))
    const response = await isolate({ table }).client(BULK, { method: 'POST', body: '{}' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ errorCode: 'GENERAL' })
  })

  it('tells nothing of what went wrong inside', async () => {
    const inside = isolate()
    Object.assign(inside.services, { edge: broken() })
    const response = await inside.client(BULK, { method: 'POST', body: '{}' })
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret inside')
  })

  it('has no 404 for all flags, because none is asked for', async () => {
    await env.FLAG_STORE.getByName('production').head()
    expect((await evaluate(worker, {})).status).toBe(200)
  })
})

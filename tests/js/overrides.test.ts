import type { Memory } from 'fader'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isOverridden, openPreview, unsignedPreview } from '../../js/dist/overrides.js'
import { previewAsked } from '../../js/dist/preview.js'
import { newKey, previewOf, statementOf, unsignedOf } from './support/signed.ts'

const key = newKey('one')
const NAME = 'fader:preview'
const LOUD = {
  flag: 'title',
  variant: 'loud',
  value: 'LOUD',
  reason: 'TARGETING_MATCH',
  rule: 'preview',
  arm: 'outside',
}

class Session implements Memory {
  readonly kept = new Map<string, string>()
  getItem(name: string) {
    return this.kept.get(name) ?? null
  }
  setItem(name: string, value: string) {
    this.kept.set(name, value)
  }
  removeItem(name: string) {
    this.kept.delete(name)
  }
}

interface More {
  readonly overrides?: 'signed' | 'any'
  readonly environment?: string
  readonly keys?: readonly (typeof key.trusted)[]
}

/** Opens a preview, and gives what came of it in an environment. */
async function open(text: string, { environment = 'test', keys = [key.trusted], overrides }: More = {}) {
  const session = new Session()
  session.setItem(NAME, 'the one before')
  const errors: string[] = []
  const onError = ({ message }: Error) => errors.push(message)
  const opened = await openPreview(text, { keys, session, onError, ...(overrides && { overrides }) })
  return { opened, answers: [...(opened?.in(environment).values() ?? [])], kept: session.getItem(NAME), errors }
}

afterEach(() => vi.unstubAllGlobals())

describe('a preview that the store signed', () => {
  it('holds, and the session goes on with it', async () => {
    const text = previewOf({}, key)
    const { answers, kept, errors } = await open(text)
    expect(answers).toEqual([LOUD])
    expect(answers.every(isOverridden)).toBe(true)
    expect(kept).toBe(text)
    expect(errors).toEqual([])
  })

  it('holds in production', async () => {
    const text = previewOf({ environment: 'production' }, key)
    expect((await open(text, { environment: 'production' })).answers).toEqual([LOUD])
  })

  it('does not hold in another environment', async () => {
    expect((await open(previewOf({}, key), { environment: 'production' })).answers).toEqual([])
  })

  it('ends when it expires', async () => {
    const { opened } = await open(previewOf({ expires: Date.now() + 60_000 }, key))
    expect(opened?.in('test', Date.now() + 59_000).size).toBe(1)
    expect(opened?.in('test', Date.now() + 60_001).size).toBe(0)
  })

  it('leaves out what is no answer', async () => {
    const answers = { a: null, b: { variant: 'x' }, c: { value: 1 }, d: { variant: 'x', value: null }, e: 1 }
    expect((await open(previewOf({ answers }, key))).answers).toEqual([])
  })

  const snapshot = new Uint8Array([1, 2, 3])
  it.each<[string, string, More, RegExp]>([
    ['is signed by another', previewOf({}, newKey('other')), {}, /not trusted here/],
    ['is signed by another of the same name', previewOf({}, newKey('one')), {}, /signature is not of key one/],
    ['has expired', previewOf({ expires: Date.now() - 1 }, key), {}, /it has expired/],
    ['never expires', previewOf({ expires: undefined }, key), {}, /it has expired/],
    ['says when it expires in words', previewOf({ expires: 'never' }, key), {}, /it has expired/],
    ['is a statement about a snapshot', statementOf(snapshot, {}, key), {}, /about something else/],
    ['has no answers', previewOf({ answers: undefined }, key), {}, /./],
    ['was changed', previewOf({}, key).replace(/\.[^.]*\./, '.eyJhIjoxfQ.'), {}, /signature is not of key one/],
    ['is noise', 'a.b.c', {}, /no JSON object|base64url/],
    ['is of one part', 'x', {}, /./],
    ['is no JSON', 'any.x', { overrides: 'any' }, /no JSON object|base64url/],
  ])('changes nothing, and is forgotten, when it %s', async (_, text, more, reason) => {
    const { opened, kept, errors } = await open(text, more)
    expect([opened, kept]).toEqual([undefined, null])
    expect(errors).toEqual([expect.stringMatching(/^the preview is not shown: /)])
    expect(errors[0]).toMatch(reason)
  })
})

describe('a preview that a client cannot judge', () => {
  it.each<[string, string, More, string]>([
    ['it has no keys', previewOf({}, key), { keys: [] }, 'the client has no keys'],
    ['nobody signed it', unsignedOf({}), {}, 'nobody signed it'],
    ['nobody signed it, and only signed ones hold', unsignedOf({}), { overrides: 'signed' }, 'nobody signed it'],
  ])('changes nothing, and is left to others: %s', async (_, text, more, why) => {
    const { opened, kept, errors } = await open(text, more)
    expect([opened, kept]).toEqual([undefined, 'the one before'])
    expect(errors).toEqual([`the preview is not shown: ${why}`])
  })
})

describe('a preview that nobody signed', () => {
  const said = { environment: 'test', document: 'preview', issued: 0, expires: Date.now() + 60_000 } as const
  const ownText = unsignedPreview({ ...said, answers: { title: { variant: 'loud', value: 'LÖUD ✓' } } })

  it('holds where any may', async () => {
    const { answers, kept } = await open(unsignedOf({}), { overrides: 'any' })
    expect(answers).toEqual([LOUD])
    expect(kept).toMatch(/^any\./)
    expect((await open(ownText, { overrides: 'any' })).answers).toEqual([{ ...LOUD, value: 'LÖUD ✓' }])
  })

  it.each(['production', 'prod', 'PROD-eu'])('never holds in %s', async (environment) => {
    const { answers } = await open(unsignedOf({ environment }), { overrides: 'any', environment })
    expect(answers).toEqual([])
  })
})

describe('which preview a page shows', () => {
  const at = (search: string) => vi.stubGlobal('location', { search })

  const asks: [string, string, string | undefined, { shown?: string; kept?: string }][] = [
    ['what its address asks for', '?a=1&fader-preview=x.y.z', undefined, { shown: 'x.y.z' }],
    ['what its address asks for, before what is kept', '?fader-preview=new', 'old', { shown: 'new', kept: 'old' }],
    ['what the session goes on with', '?a=1', 'old', { shown: 'old', kept: 'old' }],
    ['none, when nothing says so', '', undefined, {}],
    ['none, when its address leaves it', '?fader-preview=off', 'old', {}],
    ['what is kept, when its address says nothing', '?fader-preview=', 'old', { shown: 'old', kept: 'old' }],
  ]

  it.each(asks)('is %s', (_, search, before, expected) => {
    at(search)
    const session = new Session()
    if (before) session.setItem(NAME, before)
    expect(previewAsked({ session })).toBe(expected.shown)
    expect(session.getItem(NAME) ?? undefined).toBe(expected.kept)
  })

  it('is of the address alone, where nothing can be kept', async () => {
    const refuse = () => {
      throw new Error('refused')
    }
    const session = { getItem: refuse, setItem: refuse, removeItem: refuse }
    at('')
    expect(previewAsked({ session })).toBeUndefined()
    at('?fader-preview=off')
    expect(previewAsked({ session })).toBeUndefined()
    const opened = await openPreview(previewOf({}, key), { keys: [key.trusted], session })
    expect(opened?.in('test').size).toBe(1)
  })

  it('is none in Node, which has no address', () => expect(previewAsked({})).toBeUndefined())

  it('does not break on whoever is told of errors', async () => {
    const onError = () => {
      throw new Error('mine')
    }
    expect(await openPreview('x', { onError })).toBeUndefined()
  })
})

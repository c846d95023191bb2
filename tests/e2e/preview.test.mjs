import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { serve } from '../../examples/plain/serve.mjs'
import { openPage, openStage } from './stage.mjs'

let stage
let example
let opened
before(async () => {
  stage = await openStage()
  example = await serve(0)
})
after(async () => {
  example?.close()
  await stage?.close()
})
beforeEach(async () => {
  opened = await openPage(stage.chromium)
})
afterEach(() => opened.close())

/** A link that somebody of the support makes. */
async function linkFor(answers) {
  const headers = { authorization: `Bearer ${stage.token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ answers, minutes: 5, why: 'for the tests' })
  const response = await fetch(`${stage.url}/v1/admin/preview`, { method: 'POST', headers, body })
  assert.equal(response.status, 200)
  return (await response.json()).query.replace(/^\?/, '')
}

/** What a client of the page says, with the keys that the store signs with, or others. */
async function met({ query = '', keys, overrides }) {
  const { page } = opened
  const { kty, crv, x, kid } = JSON.parse(stage.keys.signingKey)
  await page.goto(`${example.url}/?${new URLSearchParams({ url: stage.url, key: stage.pageKey })}&${query}`)
  return await page.evaluate(
    async ([url, key, keys, overrides]) => {
      const { createClient } = await import('fader')
      const errors = []
      const onError = ({ message }) => errors.push(message)
      const client = createClient({
        url,
        key,
        ...(keys && { keys }),
        overrides,
        context: { userId: 'u-9' },
        events: false,
        onError,
      })
      await client.ready()
      const { value, variant, rule, arm } = client.outcome('search-ranking')
      const listed = client.all().find(({ flag }) => flag === 'search-ranking')
      client.close()
      return {
        value,
        variant,
        rule,
        arm,
        inAll: listed.variant,
        errors,
        kept: sessionStorage.getItem('fader:preview') !== null,
      }
    },
    [stage.url, stage.pageKey, keys ?? [{ kty, crv, x, kid }], overrides],
  )
}

const PREVIEWED = { value: 'v2', variant: 'v2', rule: 'preview', arm: 'outside', inAll: 'v2' }

test('a link that the store signed shows its variants in production, on every page of the session, until it is left', async () => {
  const usual = await met({})
  assert.notEqual(usual.rule, 'preview')
  const query = await linkFor({ 'search-ranking': 'v2' })
  assert.deepEqual(await met({ query }), { ...PREVIEWED, errors: [], kept: true })
  assert.deepEqual(await met({}), { ...PREVIEWED, errors: [], kept: true })
  assert.deepEqual(await met({ query: 'fader-preview=off' }), usual)
  assert.deepEqual(await met({}), usual)
})

test('one that another signed shows nothing, and is told of', async () => {
  const query = await linkFor({ 'search-ranking': 'v2' })
  const spoilt = query.replace(/.{6}$/, 'AAAAAA')
  const { rule, kept, errors } = await met({ query: spoilt })
  assert.deepEqual([rule === 'preview', kept], [false, false])
  assert.match(errors.join(), /the preview is not shown: /)
})

test('one that nobody signed shows nothing in production, though any may hold', async () => {
  const preview = {
    environment: 'production',
    document: 'preview',
    issued: Date.now(),
    expires: Date.now() + 60_000,
    answers: { 'search-ranking': { variant: 'v2', value: 'v2' } },
  }
  const query = `fader-preview=any.${Buffer.from(JSON.stringify(preview)).toString('base64url')}`
  assert.notEqual((await met({ query, overrides: 'any' })).rule, 'preview')
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openFlagServer } from './flag-server.mjs'
import { openSite } from './site.mjs'
import { launch, openPage } from './stage.mjs'

let flags
let chromium
let site
before(async () => {
  flags = await openFlagServer()
  chromium = await launch()
  site = await openSite(flags.url)
  await flags.publish({ format: 1, environment: 'production', flags: {} })
})
after(async () => {
  await chromium?.close()
  site?.close()
  await flags?.close()
})

/** A page that breaks as its client begins, and what it sends of that. */
async function breakAtOnce(events) {
  const key = await flags.grant('client')
  const { page, close } = await openPage(chromium)
  const sent = []
  page.on('request', (request) => {
    if (request.url().includes('/v1/events')) sent.push(...JSON.parse(request.postData()).events)
  })
  await page.goto(site.origin)
  await page.evaluate(
    (options) => {
      test.start(options)
      setTimeout(() => {
        throw new Error('at once')
      })
      void Promise.reject(new Error('as well'))
    },
    { url: site.url, key, context: { deviceId: 'd-1' }, events },
  )
  await page.waitForTimeout(1500)
  await page.evaluate(() => test.client.flush())
  await close()
  return sent.map(({ metric }) => metric?.name).filter((name) => /error|rejection/.test(name))
}

test('what breaks before anything is recorded is counted, too', async () => {
  assert.deepEqual((await breakAtOnce(true)).toSorted(), ['fader.error', 'fader.rejection'])
})

test('a page that does not want its health recorded has none of it recorded', async () => {
  assert.deepEqual(await breakAtOnce({ health: false }), [])
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serve } from '../../examples/plain/serve.mjs'
import { openPage, openStage, storefront } from './stage.mjs'

let stage
let example
before(async () => {
  stage = await openStage()
  example = await serve(0)
})
after(async () => {
  example?.close()
  await stage?.close()
})

test('the plain page loads the package as it is, shows its flags, and follows the worker', async () => {
  const { page, troubles, close } = await openPage(stage.chromium)
  try {
    const live = JSON.parse(storefront)
    live.flags['related-posts'] = {
      ...live.flags['related-posts'],
      stability: 'live',
      rules: [{ id: 'everybody', serve: 'on' }],
    }
    await stage.admin.publish(JSON.stringify(live))
    await page.goto(`${example.url}/?${new URLSearchParams({ url: stage.url, key: stage.pageKey })}`)
    await page.getByRole('status').filter({ hasText: 'ready, revision' }).waitFor()
    const { title } = live.flags['storefront-banner'].variants['black-week']
    assert.equal(await page.locator('h1').innerText(), title)
    await page.locator('#related').waitFor()
    live.flags['related-posts'].rules = []
    live.flags['related-posts'].otherwise = 'off'
    await stage.admin.publish(JSON.stringify(live))
    await page.locator('#related').waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: 'Flags' }).click()
    const flag = page.locator('[data-flag="storefront-banner"]')
    await flag.getByRole('button').click()
    await flag.locator('.decided').waitFor()
    assert.match(await flag.locator('.decided').innerText(), /^override/)
    if (process.env.FADER_PICTURES) await page.screenshot({ path: `${process.env.FADER_PICTURES}/plain.png` })
    assert.deepEqual(troubles, [])
  } finally {
    await close()
  }
})

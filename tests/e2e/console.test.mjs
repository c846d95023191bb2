import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { openPage, openStage, storefront } from './stage.mjs'

/** What Chromium itself writes when an answer tells of a failure, as some of these must. */
const errors = [/^console: Failed to load resource/, /^4(00|01|12|22) /, /^failed: .*\/v1\/admin\//]
const flagCount = Object.keys(JSON.parse(storefront).flags).length

let stage
let page
let opened
before(async () => {
  stage = await openStage()
})
after(() => stage?.close())
beforeEach(async () => {
  await stage.admin.publish(storefront)
  opened = await openPage(stage.chromium, { errors })
  page = opened.page
})
afterEach(async () => {
  await opened.close()
  assert.deepEqual(opened.troubles, [])
})

async function signIn(token = stage.token) {
  await page.goto(`${stage.url}/console/`)
  await page.getByLabel('Admin token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function openEditor() {
  await signIn()
  await page.getByRole('link', { name: 'Definition' }).click()
  return page.getByLabel('Definition as JSON')
}

async function publish(why = 'a test of the console') {
  await page.getByRole('region', { name: 'Definition' }).getByLabel('Why').fill(why)
  await page.getByRole('button', { name: /^Publish as revision/ }).click()
}

const say = (why) => page.getByRole('dialog').getByLabel('Why').fill(why)

async function current() {
  const response = await fetch(`${stage.url}/v1/admin/definition`, {
    headers: { authorization: `Bearer ${stage.token}` },
  })
  return { text: await response.text(), revision: Number(response.headers.get('etag').replaceAll('"', '')) }
}

test('a wrong token is refused, and not kept', async () => {
  await signIn('not-the-token')
  await page.getByRole('alert').filter({ hasText: 'not one of this worker' }).waitFor()
  assert.equal(await page.getByTestId('flags').count(), 0)
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0)
})

test('a token that no header could carry is refused too', async () => {
  await signIn('schlüssel 鍵')
  await page.getByRole('alert').filter({ hasText: 'letters, digits and signs' }).waitFor()
})

test('the token is kept by the tab alone, until one signs out', async () => {
  await signIn()
  await page.getByTestId('flags').waitFor()
  await page.reload()
  await page.getByTestId('flags').waitFor()
  assert.deepEqual(await page.evaluate(() => [Object.values({ ...sessionStorage }), localStorage.length]), [
    [stage.token],
    0,
  ])
  assert.deepEqual(await page.context().cookies(), [])
  assert.ok(!page.url().includes(stage.token))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Admin token').waitFor()
  assert.equal(await page.evaluate(() => sessionStorage.length), 0)
})

test('the list shows every flag, and the search finds by key, owner and tag', async () => {
  await signIn()
  const rows = page.locator('[data-flag]')
  await rows.first().waitFor()
  assert.equal(await rows.count(), flagCount)
  const ranking = await page.locator('[data-flag="search-ranking"]').innerText()
  for (const part of [
    'string',
    'rule',
    'team-discovery',
    'staff → v2',
    '60 % of public split 50:25:25',
    'else existing',
  ]) {
    assert.ok(ranking.includes(part), part)
  }
  const pressed = (flag) => page.locator(`[data-flag="${flag}"] [aria-pressed="true"]`).innerText()
  assert.deepEqual(await Promise.all(['new-checkout', 'quote-builder', 'wishlist-sync'].map(pressed)), [
    'on',
    'off',
    'killed',
  ])

  await page.getByPlaceholder('Find by key').fill('team-apps app')
  const found = Object.values(JSON.parse(storefront).flags).filter(
    ({ owner, tags }) => owner === 'team-apps' && tags.includes('app'),
  )
  assert.equal(await rows.count(), found.length)
})

test('a click and a confirmation kill a flag, and change nothing else', async () => {
  const before = await current()
  await signIn()
  const flag = page.locator('[data-flag="new-checkout"]')
  await flag.getByRole('button', { name: 'killed' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  assert.equal((await current()).revision, before.revision)

  await flag.getByRole('button', { name: 'killed' }).click()
  await page.getByRole('dialog').getByText('Everybody gets “off”').waitFor()
  // Without a reason the dialog stays, and nothing is published.
  await page.getByRole('button', { name: 'Kill', exact: true }).click()
  assert.equal((await current()).revision, before.revision)
  await say('orders fail: “Fehler 500”')
  await page.getByRole('button', { name: 'Kill', exact: true }).click()
  await page.getByTestId('notice').getByText('new-checkout is killed').waitFor()
  await page.locator('.flag--killed[data-flag="new-checkout"]').waitFor()
  const after = await current()
  assert.equal(after.revision, before.revision + 1)
  const same = before.text
    .replace(`"revision": ${before.revision}`, `"revision": ${after.revision}`)
    .replace(/("new-checkout": \{\s*)/, '$1"state": "killed",\n      ')
  assert.equal(after.text, same)
})

test('what somebody else published meanwhile is not overwritten by a click', async () => {
  await signIn()
  await page.getByTestId('flags').waitFor()
  const { revision } = await stage.admin.publish(storefront)
  await page.locator('[data-flag="new-checkout"]').getByRole('button', { name: 'off' }).click()
  await say('a try')
  await page.getByRole('button', { name: 'Turn off' }).click()
  await page.getByTestId('notice').getByText(`somebody else published revision ${revision}`).waitFor()
  assert.equal((await current()).revision, revision)
  await page.getByTestId('revision').getByText(`revision ${revision}`).waitFor()
})

test('an invalid definition shows each issue, its place and its mend', async () => {
  const editor = await openEditor()
  const { revision } = await current()
  const typed = (await editor.inputValue())
    .replace('"safe": "existing"', '"safe": "existign"')
    .replace('"between": [1, 12]', '"betwixt": [1, 12]')
  await editor.fill(typed)
  await publish()
  const issues = page.getByTestId('issues')
  await issues.getByText('because of 2 issues').waitFor()
  const safe = issues.getByRole('listitem').filter({ hasText: 'flags.search-ranking.safe' })
  assert.match(await safe.innerText(), /existign[\s\S]*did you mean `existing`/)
  assert.equal(await editor.inputValue(), typed)
  assert.equal((await current()).revision, revision)

  await safe.getByRole('button').click()
  const selected = await editor.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd))
  assert.equal(selected, '"existign"')
})

test('what is no JSON is refused with its reason', async () => {
  const editor = await openEditor()
  await editor.fill('{ "format": 1, ')
  await publish()
  await page.getByRole('alert').filter({ hasText: 'The body is not JSON' }).waitFor()
  assert.equal(await editor.inputValue(), '{ "format": 1, ')
})

test('the editor publishes, and the list shows it', async () => {
  const editor = await openEditor()
  const { revision } = await current()
  await editor.fill((await editor.inputValue()).replace('Which ranking orders', 'Which recipe orders'))
  await publish()
  await page
    .getByTestId('notice')
    .getByText(`Revision ${revision + 1} is published, with ${flagCount} flags`)
    .waitFor()
  await page.getByRole('link', { name: 'Flags' }).click()
  await page.getByTestId('flags').getByText('Which recipe orders').waitFor()
  await page.getByRole('link', { name: 'History' }).click()
  const newest = page.getByTestId('history').locator('tbody tr').first()
  assert.match(await newest.innerText(), new RegExp(`^${revision + 1}\\b[\\s\\S]*\\b${flagCount}\\b`))
})

test('when somebody else was faster, nothing that was typed is lost', async () => {
  const editor = await openEditor()
  const begun = (await current()).revision
  const typed = (await editor.inputValue()).replace('Which ranking orders', 'Mine orders')
  await editor.fill(typed)
  await stage.admin.publish(storefront.replace('Which ranking orders', 'Theirs orders'))
  await publish()

  const conflict = page.getByTestId('conflict')
  await conflict.getByText(`revision ${begun + 1} is there now`).waitFor()
  await conflict.getByText(`you began from revision ${begun}`).waitFor()
  assert.equal(await editor.inputValue(), typed)
  await conflict.getByRole('button', { name: 'Show revision' }).click()
  assert.match(await page.getByLabel(`Revision ${begun + 1}`).inputValue(), /Theirs orders/)
  await page.getByRole('link', { name: 'Flags' }).click()
  await page.getByTestId('flags').getByText('Theirs orders').waitFor()
  await page.getByRole('link', { name: 'Definition' }).click()
  assert.equal(await editor.inputValue(), typed)

  await conflict.getByRole('button', { name: 'Keep my text' }).click()
  await publish()
  await page
    .getByTestId('notice')
    .getByText(`Revision ${begun + 2} is published`)
    .waitFor()
  assert.match((await current()).text, /Mine orders/)
})

test('a worker that does not answer, and a token that is no longer good, lose nothing either', async () => {
  const editor = await openEditor()
  const typed = `${await editor.inputValue()}\n`
  await editor.fill(typed)
  await page.route('**/v1/admin/**', (route) => route.abort())
  await publish()
  await page.getByRole('alert').filter({ hasText: 'The worker does not answer' }).waitFor()
  await page.unroute('**/v1/admin/**')
  await page.route('**/v1/admin/**', (route) => route.fulfill({ status: 401, json: { detail: 'Another token.' } }))
  await publish()
  await page.getByRole('alert').filter({ hasText: 'not accepted any more' }).waitFor()
  assert.equal(await editor.inputValue(), typed)
})

test('what is stored is shown as text', async () => {
  const evil = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>'
  const turned = '\u202Edrow a nrut'
  const hostile = JSON.parse(storefront)
  Object.assign(hostile.flags['search-ranking'], { description: evil, owner: turned, tags: [evil] })
  hostile.flags['image-cdn'].variants.primary = evil
  await stage.admin.publish(JSON.stringify(hostile))
  await signIn()
  const row = page.locator('[data-flag="search-ranking"]')
  assert.ok((await row.innerText()).includes(evil))
  assert.ok((await row.innerText()).includes(turned))

  await page.getByRole('link', { name: 'Definition' }).click()
  const editor = page.getByLabel('Definition as JSON')
  await editor.fill(JSON.stringify({ ...hostile, [evil]: 1, revision: undefined }))
  await publish()
  await page.getByTestId('issues').getByRole('listitem').filter({ hasText: evil }).first().waitFor()
  assert.equal(await page.locator('img').count(), 0)
  assert.equal(await page.evaluate(() => globalThis.hit), undefined)
})

import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../../scripts/lib/command.mjs'
import { freePort, startWorker } from '../../scripts/lib/dev-worker.mjs'
import { environment } from '../../scripts/lib/environment.mjs'
import { launch, openPage } from '../e2e/stage.mjs'
import { EXPECTED, EXPECTED_OF_PAGES, openFlags } from './parts/flags.mjs'
import { startServer } from './parts/server.mjs'
import { serveFolder } from './parts/site.mjs'
import { installTarball, installTools, projects, tool } from './parts/tarball.mjs'

const env = environment({ NEXT_TELEMETRY_DISABLED: '1' })
const at = (...path) => join(projects, ...path)

let tarball
let flags
let chromium
before(async () => {
  await installTools()
  tarball = await installTarball()
  flags = await openFlags()
  chromium = await launch()
})
after(async () => {
  await chromium?.close()
  await flags?.close()
})

/** Runs a program of Node in a project, and gives what it prints. */
const node = (project, args, more = {}) =>
  run(process.execPath, args, { cwd: at(project), env: { ...env, ...flags.variables, ...more } })

/** Opens a page, and gives what it found. Nothing may go wrong meanwhile: no request, and nothing on the console. */
async function open(url, find) {
  const { page, troubles, close } = await openPage(chromium)
  const files = []
  page.on('response', (response) => files.push(new URL(response.url()).pathname))
  await page.goto(url)
  const found = await find(page)
  // What nobody waits for may fail, too. The stream is open as long as the page is, so that it is never idle.
  await sleep(300)
  await close()
  assert.deepEqual(troubles, [])
  return { found, wasm: files.filter((file) => file.endsWith('.wasm')) }
}

const answers = (page) => page.evaluate(() => globalThis.answers)
const summary = ({ steps, ...said }) => ({ ...said, explained: steps > 0 })

async function checkPage(url) {
  const { found, wasm } = await open(`${url}/?${flags.asked}`, answers)
  assert.deepEqual(summary(found), EXPECTED_OF_PAGES)
  assert.equal(new Set(wasm).size, 2, `the engine and the control artefact, and not ${wasm}`)
}

const BUNDLERS = [
  ['Vite', 'vite', () => [tool('vite'), 'build', '--logLevel', 'warn']],
  ['webpack', 'webpack', () => [tool('webpack')]],
  ['Rollup', 'rollup', () => [tool('rollup'), '--config', '--failAfterWarnings']],
  ['esbuild', 'esbuild', () => ['build.js']],
]

for (const [name, project, build] of BUNDLERS) {
  test(`a page that ${name} built has its answers`, async () => {
    rmSync(at(project, 'dist'), { recursive: true, force: true })
    await node(project, build())
    if (project !== 'vite') copyFileSync(at('index.html'), at(project, 'dist', 'index.html'))
    const site = await serveFolder(at(project, 'dist'))
    await checkPage(site.url).finally(site.close)
  })
}

test('a page that Vite serves while it is worked on has its answers', async () => {
  const site = await startServer(tool('vite'), ['--host', '127.0.0.1'], { cwd: at('vite'), env })
  await checkPage(site.url).finally(site.close)
})

for (const [name, ...how] of [['Turbopack'], ['webpack', '--webpack']]) {
  test(`components of Next have their answers at the server and in the browser, built by ${name}`, async () => {
    rmSync(at('next', '.next'), { recursive: true, force: true })
    await node('next', [tool('next'), 'build', ...how])
    const options = { cwd: at('next'), env: { ...env, ...flags.variables } }
    const site = await startServer(tool('next'), ['start', '--hostname', '127.0.0.1'], options)
    const find = async (page) => {
      const rendered = await (await fetch(site.url)).text()
      assert.match(rendered, /<p id="title">Hej<\/p>/)
      const title = page.locator('#title')
      const before = [await page.innerText('#server'), await title.innerText()]
      await page.click('#move')
      await title.filter({ hasText: 'Hello' }).waitFor()
      await page.click('#explain')
      await page.locator('#steps').filter({ hasText: /[1-9]/ }).waitFor()
      return before
    }
    const { found, wasm } = await open(site.url, find).finally(site.close)
    assert.deepEqual(found, ['Hej', 'Hej'])
    assert.equal(new Set(wasm).size, 2)
  })
}

const PROGRAMS = [
  ['modules', 'ask.js'],
  ['scripts of CommonJS that require it', 'ask-required.cjs'],
  ['scripts of CommonJS that import it', 'ask-imported.cjs'],
]

for (const [name, file] of PROGRAMS) {
  test(`Node has its answers in ${name}`, async () => {
    const said = JSON.parse(await node('node', ['--no-warnings', file]))
    assert.deepEqual(summary(said), EXPECTED)
  })
}

test('Node has its answers in one file that was bundled and taken away from the package', async () => {
  await node('node', ['bundle.js'])
  const folder = mkdtempSync(join(tmpdir(), 'fader-packaging-'))
  copyFileSync(at('node', 'dist', 'ask.mjs'), join(folder, 'ask.mjs'))
  const said = JSON.parse(await node('node', [join(folder, 'ask.mjs')]))
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(summary(said), EXPECTED)
})

test('a worker has its answers', async () => {
  const state = mkdtempSync(join(tmpdir(), 'fader-packaging-'))
  const port = await freePort(20_000 + (process.pid % 12_000))
  const config = at('worker', 'wrangler.jsonc')
  const worker = await startWorker({ env, port, state, config, secrets: flags.variables })
  const said = await (await fetch(worker.url)).json().finally(worker.stop)
  rmSync(state, { recursive: true, force: true })
  assert.deepEqual(summary(said), EXPECTED)
})

for (const name of ['bundler', 'node16', 'nodenext', 'server']) {
  test(`programs compile against its types: ${name}.json`, async () => {
    await run('tsc', ['--project', at('types', `${name}.json`)], { env })
  })
}

test('its exports are what publint and attw want', async () => {
  await run('publint', ['--strict', tarball], { env })
  // What a `.wasm` is of depends on who bundles it.
  const untyped = ['--exclude-entrypoints', 'engine.wasm', 'control.wasm']
  await run('attw', [tarball, '--profile', 'esm-only', ...untyped], { env })
})

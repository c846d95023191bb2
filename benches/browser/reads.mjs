import { execFileSync } from 'node:child_process'
import { chromium } from 'playwright-core'
import { browser as tools } from '../../scripts/lib/browser.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { openFlagServer } from '../../tests/e2e/flag-server.mjs'
import { openSite } from '../../tests/e2e/site.mjs'
import { openPage } from '../../tests/e2e/stage.mjs'
import { median } from '../rounds.mjs'

const MOST_NS = 100
const FLAGS = 100

const definition = {
  format: 1,
  environment: 'production',
  flags: Object.fromEntries(
    Array.from({ length: FLAGS }, (_, at) => [
      `flag-${at}`,
      {
        type: 'boolean',
        reveal: 'rule',
        variants: { yes: true, no: false },
        safe: 'no',
        rules: [{ id: 'r', split: { yes: 1, no: 1 } }],
      },
    ]),
  ),
}

/**
 * A read of what a client has given before, in Chromium and in Node: the time, and by how much the heap grows over many
 * reads without a collection between: an object would be 16 bytes at least. Both are asked for the same by the same lines, `rounds.mjs`.
 */
export async function reads({ quick }) {
  const flags = await openFlagServer()
  try {
    const key = await flags.grant('client')
    await flags.publish(definition)
    const rounds = quick ? 5 : 15
    const places = { Chromium: await inChromium(flags.url, key, rounds), Node: inNode(flags.url, key, rounds) }
    return Object.entries(places).flatMap(([place, { ns, bytes, reads }]) => [
      { measure: `${place}: reads in a round`, value: reads, target: '>= 1000000' },
      {
        measure: `${place}: a cached read, median of ${rounds} rounds`,
        value: median(ns),
        unit: 'ns',
        target: `<= ${MOST_NS}`,
      },
      {
        measure: `${place}: allocated for a read, least of ${rounds} rounds`,
        value: Math.min(...bytes),
        unit: 'bytes',
        target: '< 1',
      },
    ])
  } finally {
    await flags.close()
  }
}

/** Without the rounding of its numbers, Chromium tells how large the heap is, and collects when it is told to. */
async function inChromium(url, key, rounds) {
  const site = await openSite(url, { scripts: ['reads'] })
  const args = ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc']
  const opened = await chromium.launch({ executablePath: tools().CHROMIUM, args })
  try {
    const { page } = await openPage(opened)
    await page.goto(`${site.origin}/reads`)
    await page.waitForFunction(() => globalThis.measure, undefined, { polling: 20 })
    return await page.evaluate((given) => globalThis.measure(given), { url: site.url, key, rounds })
  } finally {
    await opened.close()
    site.close()
  }
}

function inNode(url, key, rounds) {
  const script = `import { measure } from ${JSON.stringify(inRoot('benches', 'browser', 'rounds.mjs'))}
    import { createClient } from 'fader'
    const bytes = () => process.memoryUsage().heapUsed
    console.log(JSON.stringify(await measure(createClient, ${JSON.stringify({ url, key, rounds })}, bytes)))
    process.exit()`
  const args = ['--expose-gc', '--input-type=module', '--eval', script]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: inRoot('benches') }).toString())
}

import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../../benches/edge/quantile.mjs'
import { openFlagServer } from './flag-server.mjs'
import { openSite } from './site.mjs'
import { openPage } from './stage.mjs'

export const FLAGS = 100
/** Every tenth says that it may change under a visitor's hands, and every tenth but one is killed now and then. */
const isLive = (at) => at % 10 === 0
const mayBeKilled = (at) => at % 10 === 5

const SAFE = -7

/** Every revision gives other numbers. */
const definition = (revision, killed) => ({
  format: 1,
  environment: 'production',
  flags: Object.fromEntries(
    Array.from({ length: FLAGS }, (_, at) => [`flag-${at}`, flag(revision * 1000 + at, at, killed.has(at))]),
  ),
})

const flag = (value, at, isKilled) => ({
  type: 'number',
  reveal: 'rule',
  variants: { now: value, safe: SAFE },
  safe: 'safe',
  rules: [{ id: 'all', where: { country: ['SE', 'NO'] }, split: { now: 100 } }],
  ...(isLive(at) && { stability: 'live' }),
  ...(isKilled && { state: 'killed' }),
})

/**
 * Loads a page again and again while revisions are published beneath it. Gives how often something that was painted was
 * changed that should have stayed, and how long each page took from the start of its script until it could be used.
 */
export async function reloads(chromium, count, { seed = 1, publishEvery = 2 } = {}) {
  const flags = await openFlagServer()
  const site = await openSite(flags.url, { scripts: ['paint'] })
  const draw = random(seed)
  const { page, troubles, close } = await openPage(chromium, { errors: [/^failed: /] })
  const found = { wrong: [], troubles, interactiveMs: [], changed: 0, fallbacks: 0 }
  try {
    const key = await flags.grant('client')
    const context = { userId: 'u-1', country: 'SE' }
    const options = { url: site.url, key, context, spreadMs: 0, events: false }
    site.html = `<script type="application/json" id="settings">${JSON.stringify({ options, flags: FLAGS })}</script>`
    await flags.publish(definition(1, new Set()))
    await load(page, site, { waitMs: 1200 })
    for (let revision = 2, at = 0; at < count; at += 1) {
      const killed = new Set()
      const publish = async () => {
        if (draw() < 0.5) killed.add(5 + 10 * Math.floor(draw() * 10))
        await flags.publish(definition(revision++, killed))
      }
      const isPublished = at % publishEvery === 0
      const before = isPublished && draw() < 0.5
      if (before) await publish()
      const seen = await load(page, site, { meanwhile: isPublished && !before ? publish : undefined, draw })
      judge(found, seen, at)
    }
  } finally {
    await close()
    site.close()
    await flags.close()
  }
  return found
}

async function load(page, site, { meanwhile, waitMs = 0, draw = () => 0 }) {
  await page.goto(`${site.origin}/paint`)
  await page.waitForFunction(() => globalThis.paint?.interactiveMs, undefined, { polling: 20 })
  await meanwhile?.()
  // A newer revision comes during some of the pages, and others are left before.
  await sleep(waitMs || 100 + draw() * 600)
  return await page.evaluate(() => ({
    history: globalThis.paint.history,
    interactiveMs: globalThis.paint.interactiveMs,
  }))
}

function judge(found, { history, interactiveMs }, at) {
  found.interactiveMs.push(interactiveMs)
  for (const [index, texts] of history.entries()) {
    found.changed += texts.length - 1
    if (texts[0] === '-1') found.fallbacks += 1
    const mayChange = isLive(index) || (mayBeKilled(index) && texts.length === 2 && texts[1] === `${SAFE}`)
    if (texts.length > 1 && !mayChange) found.wrong.push(`reload ${at}, flag-${index}: ${texts.join(' → ')}`)
  }
}

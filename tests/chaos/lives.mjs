import { accountOf, liveThrough, serveEvents, servePages, shares } from '../e2e/parts/event-lives.mjs'
import { launch, openStage } from '../e2e/stage.mjs'

/**
 * Pages in Chromium live and end in every way that pages do, and the worker is asked at the end what became of the
 * events that they made.
 */
export async function lives(_, { quick, seed }) {
  const count = quick ? 50 : 200
  const [stage, pages, chromium] = await Promise.all([openStage({ browser: false }), servePages(), launch()])
  const route = await serveEvents({ worker: stage.url, key: stage.pageKey })
  try {
    const made = await liveThrough(chromium, { route, pages, lives: count, seed })
    const account = await accountOf(stage)
    return measuresOf({ count, account, largest: route.largest, ...shares(made, account) })
  } finally {
    await chromium.close()
    route.close()
    pages.close()
    await stage.close()
  }
}

function measuresOf({ count, account, largest, generated, residue, delivered }) {
  const lost = Object.entries(account.dropped).map(([why, value]) => ({ measure: `events dropped: ${why}`, value }))
  return [
    { measure: 'ways of life', value: count },
    { measure: 'events made', value: generated },
    { measure: 'events stored', value: account.stored },
    { measure: 'duplicates', value: account.duplicates },
    ...lost,
    { measure: 'events of which nobody knows', value: Math.abs(residue) + account.missing, target: '= 0' },
    { measure: 'delivered of what fits', value: 100 * delivered, unit: '%', target: '>= 99' },
    { measure: 'largest batch', value: largest, unit: 'bytes', target: '<= 60_000' },
  ]
}

import { reloads } from '../../tests/e2e/first-paint.mjs'
import { launch } from '../../tests/e2e/stage.mjs'
import { spread } from '../edge/quantile.mjs'

const MOST_MS = 15

/**
 * A page with a hundred flags, loaded again and again in Chromium while revisions are published by the real worker: from
 * the first line of its script until it has painted all flags from what was kept, and whether what was painted first
 * stayed.
 */
export async function firstPaint({ quick, seed }) {
  const chromium = await launch()
  try {
    const found = await reloads(chromium, quick ? 50 : 200, { seed })
    for (const each of found.wrong.slice(0, 5)) process.stderr.write(`  ${each}\n`)
    const { count, p50, p90, max } = spread(found.interactiveMs)
    const p95 = [...found.interactiveMs].sort((one, other) => one - other)[Math.ceil(0.95 * count) - 1]
    return [
      { measure: 'reloads', value: count, target: quick ? '>= 50' : '>= 200' },
      {
        measure: 'flags that were painted and then changed, and should not have been',
        value: found.wrong.length,
        target: '= 0',
      },
      { measure: 'flags that were painted with their fallback', value: found.fallbacks, target: '= 0' },
      { measure: 'live and killed flags that changed', value: found.changed, target: '>= 1' },
      { measure: 'from script to painted: p50', value: p50, unit: 'ms', target: `<= ${MOST_MS}` },
      { measure: 'from script to painted: p90', value: p90, unit: 'ms' },
      { measure: 'from script to painted: p95', value: p95, unit: 'ms', target: `<= ${MOST_MS}` },
      { measure: 'from script to painted: max', value: max, unit: 'ms' },
    ]
  } finally {
    await chromium.close()
  }
}

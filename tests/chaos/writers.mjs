import { adminOf, expectOk, grantToken } from '../../benches/edge/admin.mjs'
import { storefront } from '../../benches/edge/definition.mjs'
import { startFleet } from '../../benches/edge/fleet.mjs'

const WRITERS = 50
const FLAG = 'search-ranking'
const VARIANT = 'existing'

/**
 * Fifty writers at once, every one of them sure that it was heard: half of them do operations, and half of them read,
 * change and put the definition, again and again until nobody came between.
 */
export async function writers(build, { quick, seed }) {
  const fleet = await startFleet(build, { core: undefined })
  try {
    await grantToken(fleet)
    const admin = adminOf(fleet)
    const { definition, flag, variant } = target(seed)
    const first = await admin.publish(definition)
    const rounds = quick ? 2 : 10
    const acknowledged = []
    let refused = 0
    const write = async (writer) => {
      for (let round = 0; round < rounds; round++) {
        const unit = `writer-${writer}-${round}`
        const way = writer % 2 === 0 ? operate : put
        const { revision, retries } = await way(admin, { flag, variant, unit })
        acknowledged.push({ unit, revision })
        refused += retries
      }
    }
    const began = performance.now()
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    const tookMs = performance.now() - began
    return await verdict(admin, { acknowledged, refused, flag, variant, first: first.revision, tookMs })
  } finally {
    await fleet.stop()
  }
}

function target(seed) {
  const definition = storefront(52, seed)
  const variant = Object.keys(definition.flags[FLAG].variants)[0] ?? VARIANT
  return { definition, flag: FLAG, variant }
}

async function operate(admin, { flag, variant, unit }) {
  for (let retries = 0; ; retries++) {
    const response = await admin.operate('override', { flag, unit, variant, why: unit })
    if (response.status !== 412) return { ...(await expectOk(response)), retries }
    await response.body.cancel()
  }
}

async function put(admin, { flag, variant, unit }) {
  for (let retries = 0; ; retries++) {
    const { etag, definition } = await admin.read()
    const overrides = definition.flags[flag].overrides ?? {}
    definition.flags[flag].overrides = { ...overrides, [variant]: [...(overrides[variant] ?? []), unit] }
    const response = await admin.put(definition, etag)
    if (response.status !== 412) return { ...(await expectOk(response)), retries }
    await response.body.cancel()
  }
}

/** What was acknowledged is in the definition, and every revision is in the history, once. */
async function verdict(admin, { acknowledged, refused, flag, variant, first, tookMs }) {
  const { definition } = await admin.read()
  const kept = new Set(definition.flags[flag].overrides[variant])
  const revisions = (await admin.history()).map(({ revision }) => revision).filter((revision) => revision > first)
  const listed = new Set(revisions)
  const lost = acknowledged.filter(({ unit }) => !kept.has(unit)).length
  const unlisted = acknowledged.filter(({ revision }) => !listed.has(revision)).length
  const shared = acknowledged.length - new Set(acknowledged.map(({ revision }) => revision)).size
  return [
    { measure: `writers: updates of ${WRITERS} writers`, value: acknowledged.length, unit: 'updates' },
    { measure: 'writers: lost', value: lost, unit: 'updates', target: '= 0' },
    { measure: 'writers: not in the history', value: unlisted, unit: 'updates', target: '= 0' },
    { measure: 'writers: revisions of two updates', value: shared, unit: 'revisions', target: '= 0' },
    {
      measure: 'writers: revisions that nobody was told of',
      value: revisions.length - acknowledged.length,
      unit: 'revisions',
      target: '= 0',
    },
    { measure: 'writers: refused, and tried again', value: refused, unit: 'times' },
    { measure: 'writers: acknowledged a second', value: acknowledged.length / (tookMs / 1000), unit: '1/s' },
  ]
}

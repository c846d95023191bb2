import { request } from 'node:http'
import { median } from '../../rounds.mjs'
import { adminOf, grantToken } from '../admin.mjs'
import { bodies, storefront } from '../definition.mjs'
import { ready, startFleet } from '../fleet.mjs'
import { told } from '../quantile.mjs'

const FLAGS = 350
const MOST_MS = 50
/** As many isolates as a process is given more than another one, to learn what one costs at its start. */
const MORE = 20

/**
 * From the first request that an isolate ever gets to its answer about 350 flags, with the store warm elsewhere: in
 * another isolate of its process, and in another process. workerd compiles and starts a script when its process starts,
 * so that part is measured by itself: how much longer a process of twenty isolates more takes to start, a twentieth.
 */
export async function cold(build, { quick, seed }) {
  const near = []
  const far = []
  const scripts = []
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    const fleet = await startFleet(build, { isolates: [MORE + 1, MORE + 1, 1], doors: false })
    try {
      await grantToken(fleet)
      await adminOf(fleet).publish(storefront(FLAGS, seed))
      await ready(fleet.adminUrl)
      const [body] = bodies(1, seed + round)
      for (const { name, url } of fleet.readers) {
        if (url === fleet.adminUrl) continue
        const into = name.startsWith('isolate-0-') ? near : far
        into.push(await firstAnswer(url, { body, token: fleet.clientToken }))
      }
      const [, many, single] = fleet.processes
      scripts.push((many.startedMs - single.startedMs) / MORE)
    } finally {
      await fleet.stop()
    }
  }
  return measuresOf({ near, far, scriptMs: median(scripts) })
}

/** The time from sending to the last byte of the answer, which has to be whole. */
function firstAnswer(url, { body, token }) {
  const headers = { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) }
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/ofrep/v1/evaluate/flags`, { method: 'POST', headers }, async (response) => {
      const chunks = []
      for await (const chunk of response) chunks.push(chunk)
      const took = performance.now() - began
      const { flags } = JSON.parse(Buffer.concat(chunks).toString())
      if (flags?.length === FLAGS) resolve(took)
      else reject(new Error(`${url} answered ${response.statusCode} with ${flags?.length} flags`))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function measuresOf({ near, far, scriptMs }) {
  const whole = (times) => times.map((took) => took + scriptMs)
  const targets = { count: '>= 20', p50: `<= ${MOST_MS}`, p99: `<= ${MOST_MS}` }
  return [
    { measure: 'compile and start the script', value: scriptMs, unit: 'ms' },
    ...told('first answer, store in the same process', near),
    ...told('first answer, store in another process', far),
    ...told('script and first answer, same process', whole(near), { targets }),
    ...told('script and first answer, another process', whole(far), { targets }),
  ]
}

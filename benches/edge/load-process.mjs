import { Agent, request as ask } from 'node:http'

/*
 * The other end of `startLoad`. A request that fails counts as an answer of status 0.
 */

process.on('message', (job) => {
  work(job).then(
    (found) => process.send(found),
    (cause) => process.send({ fault: String(cause?.stack ?? cause) }),
  )
})
process.on('disconnect', () => process.exit())

async function work({ targets, connections = 1, requests = Number.POSITIVE_INFINITY, seconds, perSecond }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const found = targets.map(() => ({ latencies: [], statuses: {}, bytes: 0 }))
  const began = performance.now()
  const end = seconds === undefined ? Number.POSITIVE_INFINITY : began + seconds * 1000
  let sent = 0
  const lane = async () => {
    while (sent < requests && performance.now() < end) {
      const number = sent++
      if (perSecond !== undefined) await until(began + (number * 1000) / perSecond)
      const which = number % targets.length
      await one({ target: targets[which], number: Math.floor(number / targets.length), into: found[which], agent })
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  const took = (performance.now() - began) / 1000
  agent.destroy()
  return {
    seconds: took,
    targets: found.map((each) => ({ ...each, latencies: Float64Array.from(each.latencies) })),
  }
}

function until(instant) {
  const left = instant - performance.now()
  return left <= 0 ? undefined : new Promise((resolve) => setTimeout(resolve, left))
}

/** Sends one request and reads its answer to the end. The time is that of the whole. */
function one({ target, number, into, agent }) {
  const body = target.bodies?.[number % target.bodies.length]
  const { method = body === undefined ? 'GET' : 'POST', headers = {} } = target
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  const began = performance.now()
  return new Promise((resolve) => {
    const settle = (status) => {
      into.latencies.push(performance.now() - began)
      into.statuses[status] = (into.statuses[status] ?? 0) + 1
      resolve()
    }
    const sent = ask(target.url, { method, headers: { ...headers, ...length }, agent }, (response) => {
      response.on('data', (chunk) => {
        into.bytes += chunk.length
      })
      response.once('end', () => settle(response.statusCode))
      response.once('error', () => settle(0))
    })
    sent.once('error', () => settle(0))
    sent.end(body)
  })
}

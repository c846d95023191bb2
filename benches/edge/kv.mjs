import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * A namespace of Workers KV, as workerd speaks to one, whose faults can be chosen at any time:
 * what is written shows after `lagMs`, every answer takes `slowMs`, none comes while it `isDown`,
 * and `instead`, `{ status, body, headers? }`, is answered in place of what is kept.
 */
export async function startKv() {
  const weather = { lagMs: 0, slowMs: 0, isDown: false, instead: undefined }
  const counts = { reads: 0, writes: 0 }
  const keys = new Map()
  const server = createServer(async (request, response) => {
    // Who was killed in the middle of a request has written nothing, and waits for no answer.
    const body = await bodyOf(request).catch(() => undefined)
    if (body === undefined) return
    if (weather.isDown) return request.socket.destroy()
    if (weather.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, weather.slowMs))
    const key = decodeURIComponent(new URL(request.url, 'http://kv').pathname.slice(1))
    const { status, body: answer, headers } = answerTo({ request, key, body, keys, weather, counts })
    response.writeHead(status, headers).end(answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { address: `127.0.0.1:${server.address().port}`, weather, counts, keys, stop }
}

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function answerTo({ request, key, body, keys, weather, counts }) {
  if (request.method === 'GET') {
    counts.reads += 1
    return weather.instead ?? read(keys.get(key), weather.lagMs)
  }
  if (request.method !== 'PUT' && request.method !== 'DELETE') return { status: 501 }
  counts.writes += 1
  const value = request.method === 'PUT' ? body : undefined
  const written = { at: Date.now(), value, metadata: request.headers['cf-kv-metadata'] }
  keys.set(key, [...(keys.get(key) ?? []).slice(-100), written])
  return { status: 200 }
}

/** What was newest so long ago. */
function read(versions = [], lagMs) {
  const seen = versions.findLast(({ at }) => Date.now() - at >= lagMs)
  if (seen?.value === undefined) return { status: 404 }
  return { status: 200, body: seen.value, headers: seen.metadata ? { 'cf-kv-metadata': seen.metadata } : {} }
}

/*
 * A Cache API for all isolates of one process, as for those of one data centre: what workerd forwards of it, kept in
 * this worker's memory.
 */

const kept = new Map()

export default {
  async fetch(request) {
    const key = `${request.headers.get('cf-cache-namespace') ?? ''} ${request.url}`
    if (request.method === 'PUT') return put(key, new Uint8Array(await request.arrayBuffer()))
    if (request.method === 'PURGE') return new Response(null, { status: kept.delete(key) ? 200 : 404 })
    const found = kept.get(key)
    if (found === undefined || found.until <= Date.now()) {
      return new Response(null, { status: 504, headers: { 'cf-cache-status': 'MISS' } })
    }
    return new Response(found.body, { headers: [...found.headers, ['cf-cache-status', 'HIT']] })
  },
}

/** What is put is a whole answer, as it would go over a connection. */
function put(key, bytes) {
  const end = endOfHead(bytes)
  const [, ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split('\r\n')
  const headers = lines.filter(Boolean).map((line) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line)
    return [name, value]
  })
  const caching = headers.find(([name]) => name.toLowerCase() === 'cache-control')?.[1] ?? ''
  const seconds = Number(/max-age=(\d+)/.exec(caching)?.[1] ?? 0)
  const body = bytes.slice(end + 4)
  if (seconds > 0) kept.set(key, { headers: headers.filter(isKept), body, until: Date.now() + seconds * 1000 })
  return new Response(null, { status: 204 })
}

const isKept = ([name]) => !/^(transfer-encoding|content-length|connection)$/i.test(name)

function endOfHead(bytes) {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at
  }
  throw new Error('this is no answer')
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** Starts real servers before the tests of the worker, and stops them after. */
export default async function start(project) {
  const servers = [createServer(answer('blue')), createServer(answer('green'))]
  const [blue = '', green = ''] = await Promise.all(servers.map(listen))
  const gone = createServer()
  const dead = await listen(gone)
  await close(gone)
  const sockets = await startSockets()
  project.provide('origins', { blue, green, dead, blueSocket: sockets.blue, greenSocket: sockets.green })
  return async () => {
    sockets.stop()
    await Promise.all(servers.map(close))
  }
}

/** What an origin does, by path. Whatever has no entry is told back what it sent. */
const pages = {
  '/slow': (_, response, url) => {
    setTimeout(() => response.end('late'), Number(url.searchParams.get('ms')))
  },
  '/status': (_, response, url) => {
    response.writeHead(Number(url.searchParams.get('code'))).end('said')
  },
  '/headers': (_, response, url) => {
    for (const [name, value] of url.searchParams) response.appendHeader(name, value)
    response.end('with headers')
  },
  '/page': (request, response, url) => {
    const { type = 'text/html; charset=utf-8', cache, encoding } = Object.fromEntries(url.searchParams)
    const body = Buffer.from(PAGE)
    const bytes = encoding === 'gzip' ? gzipSync(body) : body
    response.setHeader('content-type', type)
    response.setHeader('etag', '"page"')
    response.setHeader('last-modified', 'Sat, 21 Nov 2026 10:00:00 GMT')
    response.setHeader('content-length', bytes.byteLength)
    response.setHeader('content-security-policy', "script-src 'nonce-abc'")
    response.setHeader('x-asked-encoding', String(request.headers['accept-encoding']))
    if (cache !== undefined) response.setHeader('cache-control', cache)
    if (encoding !== undefined) response.setHeader('content-encoding', encoding)
    response.end(bytes)
  },
  '/bare': (_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>bare</title>bare')
  },
  '/cut-green': (request, response) => {
    if (response.getHeader('x-origin') === 'green') request.socket.destroy()
    else response.end()
  },
  '/slow-green': (_, response, url) => {
    const isSlow = response.getHeader('x-origin') === 'green'
    setTimeout(() => response.end('here'), isSlow ? Number(url.searchParams.get('ms')) : 0)
  },
  '/drip': (_, response, url) => {
    response.write('first ')
    setTimeout(() => response.end('last'), Number(url.searchParams.get('ms')))
  },
}

const PAGE = '<!doctype html><html><head><title>Page</title></head><body>gr\u00fc\u00dfe</body></html>'

function answer(name) {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://any')
    response.setHeader('x-origin', name)
    const page = Object.hasOwn(pages, url.pathname) ? pages[url.pathname] : undefined
    if (page === undefined) tellBack(name, request, response)
    else page(request, response, url)
  }
}

function tellBack(name, request, response) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { method, url, headers } = request
    const body = Buffer.concat(chunks).toString()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name, method, url, headers, body }))
  })
}

async function listen(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

async function close(server) {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** Two origins in workerd. It says on a pipe of its own where it listens. */
async function startSockets() {
  const at = (path) => fileURLToPath(new URL(path, import.meta.url))
  const workerd = spawn(at('../../../node_modules/.bin/workerd'), ['serve', '--control-fd=3', at('web-socket.capnp')], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const ports = {}
  for await (const line of createInterface({ input: workerd.stdio[3] })) {
    const said = JSON.parse(line)
    if (said.event === 'listen') ports[said.socket] = `http://127.0.0.1:${said.port}`
    if (ports.blue !== undefined && ports.green !== undefined) break
  }
  const { blue, green } = ports
  if (blue === undefined || green === undefined) throw new Error('workerd did not say where it listens')
  return { blue, green, stop: () => workerd.kill() }
}

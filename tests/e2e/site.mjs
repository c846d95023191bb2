import { readFileSync } from 'node:fs'
import { createServer, request as send } from 'node:http'
import { build } from 'esbuild'
import { inRoot } from '../../scripts/lib/paths.mjs'

/** Scripts, and connections, of this site alone, and WebAssembly. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
const types = { js: 'text/javascript', map: 'application/json' }

/**
 * A web site of somebody who uses the package: pages with a bundled script of `tests/e2e/pages`, and the real worker
 * under `/flags`. It counts what the worker is asked, and can stand between as networks do.
 */
export async function openSite(worker, { scripts = ['client'] } = {}) {
  const files = await bundle(scripts)
  const site = {
    /** What was asked of the worker: `{ path, method, status, isOpen }`, in order. */
    asked: [],
    /** The policy of the pages, or nothing. */
    policy: POLICY,
    /** What goes into the pages beside the script. */
    html: '',
    /** Stands between the page and the worker: answers by itself and returns true, or lets it pass. */
    between: undefined,
    countOf: (path) => site.asked.filter((each) => each.path === path).length,
  }
  const server = createServer((request, response) => answer({ site, files, worker, request, response }))
  server.keepAliveTimeout = 60_000
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  site.origin = `http://127.0.0.1:${server.address().port}`
  site.url = `${site.origin}/flags`
  site.close = () => {
    server.close()
    server.closeAllConnections()
  }
  return site
}

/** As a shop would: one file for the page, and others for what is loaded later. */
async function bundle(scripts) {
  const { outputFiles } = await build({
    entryPoints: scripts.map((name) => inRoot('tests', 'e2e', 'pages', `${name}.mjs`)),
    outdir: '/a/b',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    conditions: ['browser'],
    write: false,
  })
  const built = outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf('/a/b')), Buffer.from(contents)])
  const artefacts = ['engine', 'control'].map((name) => `/generated/${name}.wasm`)
  return new Map([...built, ...artefacts.map((path) => [path, readFileSync(inRoot(`js${path}`))])])
}

function answer({ site, files, worker, request, response }) {
  const { pathname } = new URL(request.url, site.origin)
  if (pathname.startsWith('/flags/')) return forward({ site, worker, request, response })
  if (files.has(pathname)) {
    const type = pathname.endsWith('.wasm') ? 'application/wasm' : types[pathname.split('.').pop()]
    return response
      .writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*', 'cache-control': 'max-age=3600' })
      .end(files.get(pathname))
  }
  if (pathname === '/favicon.ico') return response.writeHead(204).end()
  const policy = site.policy ? { 'content-security-policy': site.policy } : {}
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...policy })
  const script = pathname === '/' ? 'client' : pathname.slice(1)
  response.end(
    `<!doctype html><title>A site</title>${site.html}<script type="module" src="/a/b/${script}.js"></script>`,
  )
}

function forward({ site, worker, request, response }) {
  const path = request.url.slice('/flags'.length)
  const note = { path: path.replace(/\?.*/, ''), method: request.method, status: 0, isOpen: true }
  site.asked.push(note)
  response.once('close', () => {
    Object.assign(note, { status: response.statusCode, isOpen: false })
  })
  if (site.between?.(note.path, request, response)) return
  const { host: _, ...headers } = request.headers
  const asking = send(`${worker}${path}`, { method: request.method, headers }, (from) => {
    response.writeHead(from.statusCode, from.headers)
    from.pipe(response)
    response.once('close', () => from.destroy())
  })
  asking.once('error', () => response.destroy())
  response.once('close', () => asking.destroy())
  request.pipe(asking)
}

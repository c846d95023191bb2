import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { createClient } from 'fader'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const common = {
  absWorkingDir: at('.'),
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  outdir: at('dist'),
  target: 'es2022',
}

/** Makes the page's script, and the module that renders. `mode` is React's: `development` or `production`. */
async function bundle(mode) {
  const define = { 'process.env.NODE_ENV': `"${mode}"` }
  await build({ ...common, define, entryPoints: ['browser.jsx'], splitting: true, outdir: at('dist/assets') })
  await build({ ...common, entryPoints: ['page.jsx'], platform: 'node', packages: 'external' })
  return await import(pathToFileURL(at('dist/page.js')))
}

/** Serves a page that was rendered here, with the flags of the worker at `url`. Gives its address, and how to end. */
export async function serve({ url, key, port = 3000, mode = 'production' }) {
  const { pageFor } = await bundle(mode)
  const client = createClient({ url, key })
  await client.ready()
  const server = createServer((request, response) => {
    const asset = assetAt(request.url)
    if (asset) return response.writeHead(200, { 'content-type': asset.type }).end(readFileSync(asset.path))
    if (request.url !== '/') return response.writeHead(404).end()
    const visitor = /(?:^|; )visitor=([\w-]{1,64})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1] ?? randomUUID()
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      // What is for one visitor is kept for nobody else.
      'cache-control': 'private, no-cache',
      'set-cookie': `visitor=${visitor}; Path=/; Max-Age=31536000; SameSite=Lax`,
    })
    response.end(pageFor(visitor, { client, url, key }))
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () => {
    client.close()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}`, close }
}

/** A script that was made above, or an artefact, which the script looks for where the package has it. */
function assetAt(path) {
  const isScript = /^\/assets\/[\w-]+\.js$/.test(path) && existsSync(at(`dist${path}`))
  if (isScript) return { type: 'text/javascript', path: at(`dist${path}`) }
  const [, artefact] = /^\/generated\/(engine|control)\.wasm$/.exec(path) ?? []
  return artefact && { type: 'application/wasm', path: fileURLToPath(import.meta.resolve(`fader/${artefact}.wasm`)) }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { FADER_URL: url = 'http://127.0.0.1:8787', FADER_KEY: key = '' } = process.env
  const { url: here } = await serve({ url, key })
  console.log(`Open ${here}`)
}

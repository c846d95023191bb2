import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const fader = dirname(fileURLToPath(import.meta.resolve('fader/package.json')))
const vitals = join(dirname(fileURLToPath(import.meta.resolve('web-vitals'))), '..')
const folders = { fader, 'web-vitals': vitals }
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/** Serves the page, and the packages as they are installed: nothing is bundled. Gives its address, and how to end. */
export async function serve(port = 3000) {
  const server = createServer(({ url }, response) => {
    const file = fileOf(new URL(url, 'http://localhost').pathname)
    if (file === undefined) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

function fileOf(path) {
  if (path === '/') return join(here, 'index.html')
  if (path === '/main.js') return join(here, 'main.js')
  // An address has no `..` left in it.
  const [, name, rest] = /^\/([\w-]+)\/((?:dist|generated)\/[\w./-]+)$/.exec(path) ?? []
  const file = Object.hasOwn(folders, name ?? '') ? join(folders[name], rest) : undefined
  return file && existsSync(file) && statSync(file).isFile() ? file : undefined
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { FADER_URL = 'http://127.0.0.1:8787', FADER_KEY = '' } = process.env
  const { url } = await serve()
  console.log(`Open ${url}/?${new URLSearchParams({ url: FADER_URL, key: FADER_KEY })}`)
}

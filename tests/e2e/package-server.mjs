import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { transform } from 'esbuild'
import { inRoot } from '../../scripts/lib/paths.mjs'

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' }
const page = ['text/html', '<!doctype html><link rel="icon" href="data:,"><title>The package</title>']

/** Serves the package as it is built, with an empty page and a module of `tests/js`, and nothing else of the project. */
export async function servePackage(module) {
  const { code } = await transform(readFileSync(inRoot('tests', 'js', `${module}.ts`), 'utf8'), { loader: 'ts' })
  const pages = { '/': page, [`/${module}.js`]: ['text/javascript', code] }
  const answer = (request, response) => {
    const [type, body] = pages[request.url] ?? []
    if (body !== undefined) return response.writeHead(200, { 'content-type': type }).end(body)
    if (!/^\/(dist|generated|vectors)\/[\w./-]+$/.test(request.url) || request.url.includes('..'))
      return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(request.url)] ?? 'application/octet-stream' })
    response.end(readFileSync(join(inRoot('js'), request.url)))
  }
  const made = createServer(answer)
  await new Promise((resolve) => made.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${made.address().port}/`, close: () => made.close() }
}

import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { plan } from './artefact.mjs'
import { inRoot } from './paths.mjs'

/** The sections of the artefacts when somebody last said that they may be so large: `npm run build -- --record-sizes`. */
export const recordPath = 'wasm-sizes.json'
const CODE = 10
const DATA = 11
const HEADER = 8

/** What a browser downloads, as `{ name, raw, gzip, brotli, budget }`; the budget is of the gzip. */
export async function sizes() {
  const { artefact, bundle } = await plan()
  const artefacts = artefact.map(({ name, out, gzip }) =>
    measure(`${name}.wasm`, readFileSync(inRoot(out, `${name}.wasm`)), gzip),
  )
  const bundles = bundle.map(async (wanted) => measure(wanted.name, await bundled(wanted), wanted.gzip))
  return [...artefacts, ...(await Promise.all(bundles))]
}

/** The bytes of each artefact's code, data and all else, as `{ 'engine.wasm': { code, data, rest } }`. */
export async function sections() {
  const { artefact } = await plan()
  return Object.fromEntries(
    artefact.map(({ name, out }) => [`${name}.wasm`, sectionsOf(readFileSync(inRoot(out, `${name}.wasm`)))]),
  )
}

/** A module is a header, and sections of an id, a length in LEB128, and as many bytes. */
export function sectionsOf(bytes) {
  const found = { code: 0, data: 0, rest: HEADER }
  for (let at = HEADER; at < bytes.length; ) {
    const begin = at
    const id = bytes[at++]
    let length = 0
    for (let shift = 0, more = true; more; shift += 7) {
      more = bytes[at] >= 0x80
      length += (bytes[at++] & 0x7f) * 2 ** shift
    }
    at += length
    found[{ [CODE]: 'code', [DATA]: 'data' }[id] ?? 'rest'] += at - begin
  }
  return found
}

/** What is not as it was recorded, as `{ 'engine.wasm': 'code +312 bytes, data −8 bytes' }`. */
export async function changes() {
  const [recorded, now] = [JSON.parse(readFileSync(inRoot(recordPath), 'utf8')), await sections()]
  const lines = Object.entries(now).map(([name, found]) => [name, changed(recorded[name] ?? {}, found)])
  return Object.fromEntries(lines.filter(([, line]) => line !== ''))
}

export function changed(before, now) {
  const differences = Object.entries(now).map(([section, bytes]) => [section, bytes - (before[section] ?? 0)])
  const told = differences.filter(([, by]) => by !== 0)
  return told.map(([section, by]) => `${section} ${by > 0 ? '+' : '−'}${Math.abs(by)} bytes`).join(', ')
}

export async function record() {
  writeFileSync(inRoot(recordPath), `${JSON.stringify(await sections(), null, 2)}\n`)
}

function measure(name, bytes, budget) {
  const gzip = gzipSync(bytes, { level: 9 }).length
  return { name, raw: bytes.length, gzip, brotli: brotliCompressSync(bytes).length, budget }
}

/**
 * The code that a page runs at its start, the artefact not counted. With `part`, the code of a module that is imported
 * later, and whatever of its own that brings with it.
 */
async function bundled({ entry, exports, part }) {
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { ${exports.join(', ')} } from './${entry}'`,
      resolveDir: inRoot(),
      sourcefile: 'page.js',
    },
    absWorkingDir: inRoot(),
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'page',
    external: ['*.wasm'],
  })
  const first = loadedWith(metafile.outputs, 'page.js')
  const isWanted = ({ path }) =>
    part === undefined ? first.has(path) : !first.has(path) && loadedWith(metafile.outputs, part).has(path)
  return Buffer.concat(outputFiles.filter(isWanted).map(({ contents }) => contents))
}

/** The files that come with the one that was made of a module. */
function loadedWith(outputs, module) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === module)
  if (entry === undefined) throw new Error(`nothing is made of ${module}; look at wasm-pack.toml`)
  const found = new Set()
  const follow = (path) => {
    if (found.has(inRoot(path)) || !outputs[path]) return
    found.add(inRoot(path))
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') follow(next)
  }
  follow(entry)
  return found
}

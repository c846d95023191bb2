import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { plan } from './artefact.mjs'
import { inRoot } from './paths.mjs'

/** What a browser downloads, as `{ name, raw, gzip, brotli, budget }`; the budget is of the gzip. */
export async function sizes() {
  const { artefact, bundle } = await plan()
  const artefacts = artefact.map(({ name, out, gzip }) =>
    measure(`${name}.wasm`, readFileSync(inRoot(out, `${name}.wasm`)), gzip),
  )
  const bundles = bundle.map(async (wanted) => measure(wanted.name, await bundled(wanted), wanted.gzip))
  return [...artefacts, ...(await Promise.all(bundles))]
}

function measure(name, bytes, budget) {
  const gzip = gzipSync(bytes, { level: 9 }).length
  return { name, raw: bytes.length, gzip, brotli: brotliCompressSync(bytes).length, budget }
}

/** The code that a page runs at its start. What it imports later, and the artefact, are not of it. */
async function bundled({ entry, exports }) {
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
  const wanted = atStart(metafile.outputs)
  return Buffer.concat(outputFiles.filter(({ path }) => wanted.has(path)).map(({ contents }) => contents))
}

function atStart(outputs) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint !== undefined && path.includes('stdin'))
  const found = new Set()
  const follow = (path) => {
    if (found.has(inRoot(path)) || !outputs[path]) return
    found.add(inRoot(path))
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') follow(next)
  }
  follow(entry)
  return found
}

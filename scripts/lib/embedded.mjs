import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { plan } from './artefact.mjs'
import { inRoot } from './paths.mjs'

/**
 * Writes each artefact as a module of text, in brotli and base64. Bundlers of servers move scripts away from the files
 * that these read, but never from the modules that they import.
 */
export async function embedArtefacts(folder) {
  mkdirSync(folder, { recursive: true })
  for (const { name, out } of (await plan()).artefact) {
    const bytes = readFileSync(inRoot(out, `${name}.wasm`))
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    const text = brotliCompressSync(bytes, { params }).toString('base64')
    writeFileSync(
      join(folder, `${name}.js`),
      `// ${name}.wasm, written by scripts/lib/embedded.mjs.\nexport default '${text}'\n`,
    )
  }
}

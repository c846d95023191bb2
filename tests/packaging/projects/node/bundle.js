import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

// One file, as functions are deployed: whatever the package needs has to be in it.
await build({ entryPoints: [at('ask.js')], outfile: at('dist/ask.mjs'), bundle: true, platform: 'node', format: 'esm' })

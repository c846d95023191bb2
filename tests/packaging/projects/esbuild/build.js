import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  entryPoints: [at('page.js')],
  outdir: at('dist'),
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  loader: { '.wasm': 'file' },
})

import { nodeResolve } from '@rollup/plugin-node-resolve'
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets'

export default {
  input: new URL('../page.js', import.meta.url).pathname,
  output: { dir: new URL('dist', import.meta.url).pathname, format: 'es' },
  plugins: [nodeResolve({ browser: true }), importMetaAssets()],
}

import { fileURLToPath } from 'node:url'

// Nothing is needed: webpack takes `new URL('….wasm', import.meta.url)` for an asset by itself.
export default {
  mode: 'production',
  entry: { page: '../page.js' },
  context: fileURLToPath(new URL('.', import.meta.url)),
  output: { path: fileURLToPath(new URL('dist', import.meta.url)) },
}

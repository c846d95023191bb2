import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Two pages that share their chunks. Everything is named relative to the page, so `dist` may be served anywhere. */
export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [react()],
  build: {
    outDir: at('dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The pages' policy allows no `data:` but for pictures, and a browser compiles a `.wasm` while it arrives.
    assetsInlineLimit: 0,
    // Its polyfill is an inline script, which the policy forbids, and every browser with the target has the real thing.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { shop: at('shop/index.html'), console: at('console/index.html') } },
  },
})

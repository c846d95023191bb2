import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Runs the tests of the package in Node, against what was built. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: { include: ['tests/js/**/*.test.ts'] },
})

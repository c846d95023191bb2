import { createHash, generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { ADMIN_TOKEN } from '../tests/worker/token.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const signingKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'test-1' }
const bindings = {
  ADMIN_TOKEN_DIGEST: createHash('sha256').update(ADMIN_TOKEN).digest('hex'),
  SIGNING_KEY: JSON.stringify(signingKey),
}

/** Runs the tests of the worker inside workerd, with the bindings of the real configuration. */
export default defineConfig({
  root: at('..'),
  // The published vectors, which a test imports as bytes.
  assetsInclude: ['**/*.gz'],
  plugins: [
    cloudflareTest({
      wrangler: { configPath: at('wrangler.jsonc') },
      miniflare: { bindings },
    }),
  ],
  test: { include: ['tests/worker/**/*.test.ts'], globalSetup: [at('../tests/worker/origins/start.mjs')] },
})

import { fileURLToPath } from 'node:url'

/** The tests keep what Next is made of one folder above the projects. */
const root = fileURLToPath(new URL('../..', import.meta.url))

export default {
  turbopack: { root },
  outputFileTracingRoot: root,
}

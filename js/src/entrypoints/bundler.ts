import { compileFrom, createPlatform } from '../platform.js'

export type * from '../types.js'

// Bundlers look for exactly this form, and put the file beside the script.
export const { loadEngine, loadControl, createClient } = createPlatform({
  engine: () => compileFrom(new URL('../../generated/engine.wasm', import.meta.url)),
  control: () => compileFrom(new URL('../../generated/control.wasm', import.meta.url)),
})

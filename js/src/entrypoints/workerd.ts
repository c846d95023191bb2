// Workers may not compile at run time: the modules come compiled, by import.
import engine from '../../generated/engine.wasm'
import { createPlatform } from '../platform.js'

export type * from '../types.js'

export const { loadEngine, loadControl, createClient } = createPlatform({
  engine: async () => engine,
  control: async () => (await import('../../generated/control.wasm')).default,
})

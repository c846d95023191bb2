// Workers may not compile at run time: the modules come compiled, by import.
import engine from '../../generated/engine.wasm'
import { clientMaker, controlLoader, engineLoader, type Modules } from '../platform.js'

export type * from '../types.js'

const modules: Modules = {
  engine: async () => engine,
  control: async () => (await import('../../generated/control.wasm')).default,
}

export const loadControl = /* @__PURE__ */ controlLoader(modules)
export const loadEngine = /* @__PURE__ */ engineLoader(modules, loadControl)
export const createClient = /* @__PURE__ */ clientMaker(loadEngine)

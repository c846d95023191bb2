// Workers may not compile at run time: the modules come compiled, by import.
import engine from '../../generated/engine.wasm'
import { clientMaker, controlLoader, engineLoader, type Fader, type Modules } from '../platform.js'

export { type BootstrapOptions, bootstrapOf, bootstrapScript } from '../bootstrap.js'
export type * from '../types.js'

const modules: Modules = {
  engine: async () => engine,
  control: async () => (await import('../../generated/control.wasm')).default,
}

const control = /* @__PURE__ */ controlLoader(modules)

export const loadControl: Fader['loadControl'] = control
const loader = /* @__PURE__ */ engineLoader(modules, control)
export const loadEngine: Fader['loadEngine'] = loader
export const createClient = /* @__PURE__ */ clientMaker(loader, control)
export * from '../statement.js'

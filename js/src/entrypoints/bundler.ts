import { clientMaker, compileFrom, controlLoader, engineLoader, type Fader, type Modules } from '../platform.js'

export { type BootstrapOptions, bootstrapOf, bootstrapScript } from '../bootstrap.js'
export type * from '../types.js'

// Bundlers look for exactly this form, and put the file beside the script.
const modules: Modules = {
  engine: () => compileFrom(new URL('../../generated/engine.wasm', import.meta.url)),
  control: () => compileFrom(new URL('../../generated/control.wasm', import.meta.url)),
}

const control = /* @__PURE__ */ controlLoader(modules)

export const loadControl: Fader['loadControl'] = control
const loader = /* @__PURE__ */ engineLoader(modules, control)
export const loadEngine: Fader['loadEngine'] = loader
export const createClient = /* @__PURE__ */ clientMaker(loader, control)
export * from '../statement.js'

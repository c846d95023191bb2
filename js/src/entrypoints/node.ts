import { readFile } from 'node:fs/promises'
import { clientMaker, controlLoader, engineLoader, type Fader, type Modules } from '../platform.js'

export { type BootstrapOptions, bootstrapOf, bootstrapScript } from '../bootstrap.js'
export type * from '../types.js'

const compileFile = async (name: string) =>
  await WebAssembly.compile(await readFile(new URL(`../../generated/${name}`, import.meta.url)))

const modules: Modules = {
  engine: () => compileFile('engine.wasm'),
  control: () => compileFile('control.wasm'),
}

const control = /* @__PURE__ */ controlLoader(modules)

export const loadControl: Fader['loadControl'] = control
export const loadEngine = /* @__PURE__ */ engineLoader(modules, control)
export const createClient = /* @__PURE__ */ clientMaker(loadEngine)
export * from '../statement.js'

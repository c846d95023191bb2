import { readFile } from 'node:fs/promises'
import { clientMaker, controlLoader, engineLoader, type Modules } from '../platform.js'

export type * from '../types.js'

const compileFile = async (name: string) =>
  await WebAssembly.compile(await readFile(new URL(`../../generated/${name}`, import.meta.url)))

const modules: Modules = {
  engine: () => compileFile('engine.wasm'),
  control: () => compileFile('control.wasm'),
}

export const loadControl = /* @__PURE__ */ controlLoader(modules)
export const loadEngine = /* @__PURE__ */ engineLoader(modules, loadControl)
export const createClient = /* @__PURE__ */ clientMaker(loadEngine)

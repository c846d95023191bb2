import { brotliDecompressSync } from 'node:zlib'
import { clientMaker, controlLoader, engineLoader, type Fader, type Modules } from '../platform.js'

export { type BootstrapOptions, bootstrapOf, bootstrapScript } from '../bootstrap.js'
export type * from '../types.js'

async function unpack(packed: Promise<{ readonly default: string }>): Promise<WebAssembly.Module> {
  const { default: text } = await packed
  return await WebAssembly.compile(brotliDecompressSync(Buffer.from(text, 'base64')))
}

// As text, and not as files: a server's bundler leaves files behind, or moves the script away from them.
const modules: Modules = {
  engine: () => unpack(import('../embedded/engine.js')),
  control: () => unpack(import('../embedded/control.js')),
}

const control = /* @__PURE__ */ controlLoader(modules)

export const loadControl: Fader['loadControl'] = control
const loader = /* @__PURE__ */ engineLoader(modules, control)
export const loadEngine: Fader['loadEngine'] = loader
export const createClient = /* @__PURE__ */ clientMaker(loader, control)
export * from '../statement.js'

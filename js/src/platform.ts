import { instantiate } from '../generated/engine.js'
import { type Artefact, type ControlArtefact, Instance, once } from './artefact.js'
import { FlagClient } from './client.js'
import { type Explainer, WasmEngine } from './engine.js'
import { LocalFeed } from './local-feed.js'
import type { Client, ClientOptions, Control, Engine } from './types.js'

/** Where a platform has the artefacts. Each is asked for once, when it is first needed. */
export interface Modules {
  engine(): Promise<WebAssembly.Module>
  control(): Promise<WebAssembly.Module>
}

/** What the package offers on one platform. */
export interface Fader {
  /** Loads a snapshot. Rejects when it cannot be evaluated, and says why. */
  loadEngine(snapshot: Uint8Array): Promise<Engine>
  loadControl(): Promise<Control>
  createClient(options: ClientOptions): Client
}

/*
 * Each function is made on its own, so that a bundler can leave out what a page does not call.
 */

/** Gives `loadControl`. Its code comes with the artefact, because few pages need it. */
export function controlLoader(modules: Modules): () => Promise<Control & Explainer> {
  return once(async () => {
    const [module, { WasmControl }, glue] = await Promise.all([
      modules.control(),
      import('./control.js'),
      import('../generated/control.js'),
    ])
    return new WasmControl(new Instance((): ControlArtefact => glue.instantiate(module)))
  })
}

/** Gives `loadEngine`. */
export function engineLoader(modules: Modules, loadControl: () => Promise<Explainer>): Fader['loadEngine'] {
  const load: () => Promise<Instance<Artefact>> = once(async () => {
    const module = await modules.engine()
    return new Instance(() => instantiate(module))
  })
  return async (snapshot) => new WasmEngine(await load(), snapshot, loadControl)
}

/** Gives `createClient`. */
export function clientMaker(loadEngine: Fader['loadEngine']): Fader['createClient'] {
  return (options) => new FlagClient(options, (beginning) => new LocalFeed(beginning, loadEngine))
}

/** Compiles a module from where the package put it. */
export async function compileFrom(address: URL): Promise<WebAssembly.Module> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} answered ${response.status}; serve the .wasm beside the script`)
  return await WebAssembly.compile(await response.arrayBuffer())
}

import { instantiate } from '../generated/engine.js'
import { type Artefact, type ControlArtefact, Instance, once } from './artefact.js'
import { FlagClient } from './client.js'
import { WasmControl } from './control.js'
import { WasmEngine } from './engine.js'
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

/** Builds the package's functions on the modules of one platform. */
export function createPlatform(modules: Modules): Fader {
  const engine: () => Promise<Instance<Artefact>> = once(async () => {
    const module = await modules.engine()
    return new Instance(() => instantiate(module))
  })
  const loadControl: () => Promise<Control> = once(async () => {
    const [module, glue] = await Promise.all([modules.control(), import('../generated/control.js')])
    return new WasmControl(new Instance((): ControlArtefact => glue.instantiate(module)))
  })
  const loadEngine = async (snapshot: Uint8Array): Promise<Engine> =>
    new WasmEngine(await engine(), snapshot, loadControl)
  return { loadEngine, loadControl, createClient: (options) => new FlagClient(options, loadEngine) }
}

/** Compiles a module from where the package put it. */
export async function compileFrom(address: URL): Promise<WebAssembly.Module> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} answered ${response.status}; serve the .wasm beside the script`)
  return await WebAssembly.compile(await response.arrayBuffer())
}

import { instantiate } from '../generated/engine.js'
import { type Artefact, Instance } from './artefact.js'
import { type Explainer, WasmEngine } from './engine.js'

/** Gives what loads snapshots into an instance of the artefact. It is loaded beside that, and needed no sooner. */
export function evaluation(
  module: WebAssembly.Module,
  loadControl: () => Promise<Explainer>,
): (snapshot: Uint8Array) => WasmEngine {
  const instance = new Instance((): Artefact => instantiate(module))
  return (snapshot) => new WasmEngine(instance, snapshot, loadControl)
}

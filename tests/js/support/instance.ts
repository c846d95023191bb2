import { readFileSync } from 'node:fs'
import { type Artefact, Instance } from '../../../js/dist/artefact.js'
import { instantiate } from '../../../js/generated/engine.js'

const module = new WebAssembly.Module(readFileSync(new URL('../../../js/generated/engine.wasm', import.meta.url)))

/** Where an engine is in the memory of its instance; those who look into it may say that it is elsewhere. */
export interface Handle {
  at: number
}

/** An instance that can be looked into: the package keeps its own to itself. */
export interface OpenInstance {
  readonly instance: Instance
  /** All that were made; the last one is the current. */
  readonly artefacts: readonly Artefact[]
  /** How many bytes of memory the current one has. */
  bytes(): number
}

/** Holds the engine artefact as the package does. Whoever wants to see the engines in it is told of each. */
export function openInstance(onLoad: (handle: Handle) => void = () => {}): OpenInstance {
  const artefacts: Artefact[] = []
  const instance = new Instance(() => {
    const open = watched(instantiate(module), onLoad)
    artefacts.push(open)
    return open
  })
  return { instance, artefacts, bytes: () => artefacts.at(-1)?.exports.memory.buffer.byteLength ?? 0 }
}

/** Passes every call on, to where the engine is said to be. */
export function watched<T extends Artefact>(artefact: T, onLoad: (handle: Handle) => void): T {
  const handles = new Map<unknown, Handle>()
  const pass =
    (call: (...given: unknown[]) => unknown) =>
    (at: unknown, ...rest: unknown[]) =>
      call(handles.get(at)?.at ?? at, ...rest)
  const make = () => {
    const at = artefact.exports.engine_new()
    // One that was freed may have been there before.
    handles.delete(at)
    return at
  }
  const load = (at: number) => {
    const isLoaded = artefact.exports.engine_load(at)
    const handle = { at }
    handles.set(at, handle)
    if (isLoaded) onLoad(handle)
    return isLoaded
  }
  const calls = Object.entries(artefact.exports).map(([name, value]) =>
    typeof value === 'function' && name.includes('engine_') ? [name, pass(value)] : [name, value],
  )
  return { ...artefact, exports: { ...Object.fromEntries(calls), engine_new: make, engine_load: load } }
}

/** Points a handle to where there is no memory, so that its next use traps. */
export function corrupt(handle: Handle | undefined): void {
  if (handle === undefined) throw new Error('this is no handle')
  handle.at = 0xffff_fff0
}

import { readFileSync } from 'node:fs'
import { type Artefact, Instance } from '../../../js/dist/artefact.js'
import { instantiate } from '../../../js/generated/engine.js'

const module = new WebAssembly.Module(readFileSync(new URL('../../../js/generated/engine.wasm', import.meta.url)))

export type Handle = InstanceType<Artefact['Engine']>

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
    const artefact = instantiate(module)
    class Engine extends artefact.Engine {
      constructor(snapshot: Uint8Array) {
        super(snapshot)
        onLoad(this)
      }
    }
    const open = { ...artefact, Engine }
    artefacts.push(open)
    return open
  })
  return { instance, artefacts, bytes: () => artefacts.at(-1)?.memory.buffer.byteLength ?? 0 }
}

/** Points a handle to where there is no memory, so that its next use traps. */
export function corrupt(handle: object | undefined): void {
  if (handle === undefined || !('__wbg_ptr' in handle)) throw new Error('this is no handle')
  handle.__wbg_ptr = 0xffff_fff0
}

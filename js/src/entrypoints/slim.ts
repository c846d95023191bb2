import { clientMaker, controlLoader, engineLoader, type Fader, type Modules } from '../platform.js'

export { type BootstrapOptions, bootstrapOf, bootstrapScript } from '../bootstrap.js'
export type { Fader } from '../platform.js'
export * from '../statement.js'
export type * from '../types.js'

/** The artefacts as bytes, or compiled. */
export interface Artefacts {
  readonly engine: WebAssembly.Module | BufferSource
  /** Only needed by `loadControl` and `explain`. */
  readonly control?: WebAssembly.Module | BufferSource
}

/** Builds the package on artefacts that the caller brings, for platforms that load files in their own way. */
export function createFader({ engine, control }: Artefacts): Fader {
  const modules: Modules = {
    engine: () => compile(engine),
    control: () => {
      if (control === undefined) throw new Error('explaining needs the control artefact; give its bytes to createFader')
      return compile(control)
    },
  }
  const loadControl = controlLoader(modules)
  const loadEngine = engineLoader(modules, loadControl)
  return { loadEngine, loadControl, createClient: clientMaker(loadEngine, loadControl) }
}

async function compile(source: WebAssembly.Module | BufferSource): Promise<WebAssembly.Module> {
  return source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source)
}

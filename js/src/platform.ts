import type { Feed } from './answers.js'
import { FlagClient } from './client.js'
import type { Explainer } from './engine.js'
import { type EngineLoader, LocalFeed, localAnswers } from './local-feed.js'
import { once } from './once.js'
import type { Beginning } from './start.js'
import { Starts } from './starts.js'
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
    const [module, { controlOf }] = await Promise.all([modules.control(), import('./control.js')])
    return controlOf(module)
  })
}

/** Gives `loadEngine`. Its code comes beside the artefact, because nothing can be evaluated before that is there. */
export function engineLoader(modules: Modules, loadControl: () => Promise<Explainer>): EngineLoader {
  const begin = once(async () => {
    const [module, { evaluation }] = await Promise.all([modules.engine(), import('./evaluation.js')])
    return evaluation(module, loadControl)
  })
  return Object.assign(async (snapshot: Uint8Array) => (await begin())(snapshot), { begin })
}

/** Gives `createClient`. What few pages need is loaded by those. */
export function clientMaker(loadEngine: EngineLoader, loadControl: Fader['loadControl']): Fader['createClient'] {
  const feedOf = async (beginning: Beginning): Promise<Feed> => {
    const { definition, mode, url } = beginning.options
    if (definition !== undefined) {
      const [{ DefinitionFeed }, control] = await Promise.all([import('./definition-feed.js'), loadControl()])
      return new DefinitionFeed(beginning, control, localAnswers)
    }
    const isForbidden = beginning.isPage && !canCompile()
    if (url !== undefined && (mode === 'remote' || isForbidden))
      return new (await import('./remote-feed.js')).RemoteFeed(beginning.options)
    const local = new LocalFeed(beginning, loadEngine)
    return mode === 'both' ? new (await import('./both-feed.js')).BothFeed(beginning, local) : local
  }
  return (options) => new FlagClient(options, feedOf, (kept) => new Starts(kept))
}

/** Whether the page's policy, and its browser, let anything be compiled. */
function canCompile(): boolean {
  try {
    // The smallest module that there is.
    return Boolean(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)))
  } catch {
    return false
  }
}

/** Compiles a module from where the package put it. */
export async function compileFrom(address: URL): Promise<WebAssembly.Module> {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address} answered ${response.status}; serve the .wasm beside the script`)
  return await WebAssembly.compile(await response.arrayBuffer())
}

import type { Answers } from './answers.js'
import { readBootstrap } from './bootstrap.js'
import { canonical, Kept } from './kept.js'
import { recordedAnswers } from './recorded.js'
import type { Starts } from './starts.js'
import type { Bootstrap, ClientOptions, Context } from './types.js'

/** Counts the starts of a page, where that has something to go back to. */
export type Guard = (kept: Kept) => Starts

/** What a client begins with: what its host, its page and its memory bring. */
export class Beginning {
  readonly options: ClientOptions
  /** Under what name things are kept. */
  readonly address: string
  readonly kept: Kept
  readonly session: Kept
  readonly context: Context
  readonly holds: boolean
  /** Whether there is anything that outlives this start. */
  readonly remembers: boolean
  /** Where there is a page, which may end badly. */
  readonly starts: Starts | undefined
  readonly isPage: boolean
  /** Whether something has to be settled before anything is shown. */
  readonly hesitates: boolean
  readonly #bootstrap: Bootstrap | undefined

  constructor(options: ClientOptions, guard?: Guard) {
    const given = copyOf(options)
    const isPage = typeof document !== 'undefined'
    const bootstrap = given.bootstrap ?? (isPage ? readBootstrap(document) : undefined)
    this.#bootstrap = bootstrap || undefined
    const { url = '', projection, paths, memory, session, holds = isPage, key = this.#bootstrap?.key } = given
    this.options = key === undefined ? given : { ...given, key }
    this.holds = holds
    this.isPage = isPage
    this.remembers = isPage || memory !== undefined || given.snapshots !== undefined
    this.address = `${`${url}`.replace(/\/+$/, '')}/${paths?.snapshot ?? `v1/snapshot${projection === 'edge' ? '' : '/client'}`}`
    this.kept = new Kept(this.address, () => memory ?? localStorage)
    this.session = new Kept(this.address, () => session ?? sessionStorage)
    this.context = contextOf(this.#bootstrap?.context, given.context)
    this.starts = isPage ? guard?.(this.kept) : undefined
    this.hesitates = this.starts?.isDoubted || (isPage && isPreview(given))
  }

  /** Answers for exactly this context, which can be had at once: of the page, or of the start before. */
  known(context: Context): Answers | undefined {
    const wanted = canonical(context)
    for (const record of [this.#bootstrap, this.kept.read<Bootstrap>(':answers')]) {
      try {
        const isIt = record && record.revision >= 0 && canonical(record.context) === wanted
        if (isIt && this.starts?.allows(record.revision) !== false) return recordedAnswers(record)
      } catch {
        // It is no record of answers.
      }
    }
    return undefined
  }

  /** Tells the host, whose own handler must not break what it is told of. */
  readonly report = (cause: unknown): void => {
    try {
      this.options.onError?.(cause instanceof Error ? cause : new Error(String(cause)))
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** Whether a preview may have been asked for: the names are those of `preview`, which is loaded only then. */
function isPreview({ session }: ClientOptions): boolean {
  try {
    return /fader-preview=/.test(location.search) || (session ?? sessionStorage).getItem('fader:preview') !== null
  } catch {
    return false
  }
}

/** Options whose getters throw, or that are none, are as if nothing had been said. */
function copyOf(options: ClientOptions): ClientOptions {
  try {
    return { ...options }
  } catch {
    return {}
  }
}

/** What the page knows of its visitor, unless its host knows better. */
function contextOf(known: Context | undefined, given: Context | undefined): Context {
  return known && given ? { ...known, ...given } : (given ?? known ?? {})
}

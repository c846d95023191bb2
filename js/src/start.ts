import type { Answers, Units } from './answers.js'
import { readBootstrap } from './bootstrap.js'
import { canonical, Kept } from './kept.js'
import { RecordedAnswers } from './recorded.js'
import { Starts } from './starts.js'
import { Sticky } from './sticky.js'
import type { Bootstrap, ClientOptions, Context, Outcome } from './types.js'

/** What was answered last, and for whom. */
export const ANSWERS = ':answers'
/** Where the snapshot is to which a client goes back that does badly. */
export const goodOf = (address: string): string => `${address}:good`

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
  readonly report: (cause: unknown) => void
  readonly #bootstrap: Bootstrap | undefined
  readonly #sticky: Sticky
  readonly #starts: Starts | undefined

  constructor(given: ClientOptions, report: (cause: unknown) => void) {
    const isPage = typeof document !== 'undefined'
    const bootstrap = given.bootstrap ?? (isPage ? readBootstrap(document) : undefined)
    this.#bootstrap = bootstrap || undefined
    const { url = '', projection, paths, memory, session, holds = isPage, key = this.#bootstrap?.key } = given
    this.options = key === undefined ? given : { ...given, key }
    this.report = report
    this.holds = holds
    this.remembers = isPage || memory !== undefined || given.snapshots !== undefined
    this.address = `${url.replace(/\/+$/, '')}/${paths?.snapshot ?? `v1/snapshot${projection === 'edge' ? '' : '/client'}`}`
    this.kept = new Kept(this.address, () => memory ?? localStorage)
    this.session = new Kept(this.address, () => session ?? sessionStorage)
    this.context = contextOf(this.#bootstrap?.context, given.context)
    this.#sticky = new Sticky(this.kept)
    this.#starts = isPage ? new Starts(this.kept) : undefined
  }

  /** Answers for exactly this context, which can be had at once: of the page, or of the start before. */
  known(context: Context): Answers | undefined {
    const wanted = canonical(context)
    for (const find of [() => this.#bootstrap, () => this.kept.read<Bootstrap>(ANSWERS)]) {
      try {
        const record = find()
        if (record && wanted === canonical(record.context) && this.allows(record.revision))
          return new RecordedAnswers(record)
      } catch {
        // It is no record of answers.
      }
    }
    return undefined
  }

  /** The context, with what was assigned to these units. */
  merge(context: Context, units: Units): Context {
    return this.#sticky.merge(context, units)
  }

  /** Remembers what was assigned. */
  assign(outcome: Outcome, units: Units): void {
    this.#sticky.keep(outcome, units)
  }

  allows(revision: number): boolean {
    return this.#starts?.allows(revision) ?? true
  }

  /** Whether starts ended badly before. */
  get isDoubtful(): boolean {
    return this.#starts?.isDoubtful ?? false
  }

  use(revision: number): void {
    this.#starts?.use(revision)
  }

  end(): void {
    this.#starts?.end()
  }
}

/** What the page knows of its visitor, unless its host knows better. */
function contextOf(known: Context | undefined, given: Context | undefined): Context {
  return known && given ? { ...known, ...given } : (given ?? known ?? {})
}

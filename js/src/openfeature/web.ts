import {
  type EvaluationContext,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/web-sdk'
import { createClient } from 'fader'
import type { Client, ClientOptions, Context } from '../types.js'
import { contextOf } from './context.js'
import { detailsOf, refusal } from './details.js'
import type { ProviderOptions } from './options.js'
import { Refused } from './refused.js'
import { type Standing, Watch } from './watch.js'

export type FaderWebProviderOptions = ProviderOptions

const SAID = { ready: ProviderEvents.Ready, stale: ProviderEvents.Stale, error: ProviderEvents.Error } as const

/** Answers OpenFeature's questions in pages, from a client. Evaluations record exposures. */
export class FaderWebProvider implements Provider {
  readonly metadata = { name: 'Fader' } as const
  readonly runsOn = 'client'
  /** A client has one context, and so a provider has one domain. */
  readonly domainScoped = true
  readonly events = new OpenFeatureEventEmitter()
  readonly #options: ProviderOptions
  #client: Client | undefined
  #watch: Watch | undefined
  #refused = new Refused()
  /** The attributes that OpenFeature's context is put over. */
  #base: Context = {}
  /** Settles when the client has its first answers, or that of its last context. */
  #settling: Promise<void> | undefined

  constructor(options: ProviderOptions) {
    this.#options = options
  }

  initialize(given: EvaluationContext = {}): Promise<void> {
    this.#refused = new Refused()
    const { client = this.#make(given) } = this.#options
    this.#client = client
    const voice = {
      standing: (standing: Standing) => this.events.emit(SAID[standing]),
      changed: (flagsChanged: string[] = []) => this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged }),
    }
    this.#watch?.close()
    this.#watch = new Watch(client, voice, { compares: true })
    // A client that the program made may have been told who it is for.
    const isOther = this.#options.client && Object.keys(given).length > 0
    return this.#settled(this.#watch, isOther ? client.identify(this.#contextOf(given)) : Promise.resolve())
  }

  onContextChange(_: EvaluationContext, given: EvaluationContext): Promise<void> | void {
    const client = this.#client
    const watch = this.#watch
    if (client === undefined || watch === undefined) return
    let identified = Promise.resolve()
    let hasAnswers = false
    const identify = () => {
      identified = client.identify(this.#contextOf(given))
    }
    if (this.#settling === undefined && client.status !== 'error') {
      // A client tells of answers when they are there, which may be before it has returned.
      const stop = client.subscribe(() => {
        hasAnswers = client.status !== 'starting' && client.status !== 'error'
      })
      watch.atOnce(identify)
      stop()
    } else identify()
    if (!hasAnswers) return this.#settled(watch, identified)
  }

  resolveBooleanEvaluation(flag: string, fallback: boolean): ResolutionDetails<boolean> {
    return this.#resolve(flag, fallback)
  }

  resolveStringEvaluation(flag: string, fallback: string): ResolutionDetails<string> {
    return this.#resolve(flag, fallback)
  }

  resolveNumberEvaluation(flag: string, fallback: number): ResolutionDetails<number> {
    return this.#resolve(flag, fallback)
  }

  resolveObjectEvaluation<T extends JsonValue>(flag: string, fallback: T): ResolutionDetails<T> {
    return this.#resolve(flag, fallback)
  }

  track(name: string, _: EvaluationContext, { value }: TrackingEventDetails = {}): void {
    this.#client?.track(name, value)
  }

  async onClose(): Promise<void> {
    this.#watch?.close()
    if (!this.#options.client) this.#client?.close()
    this.#client = undefined
    this.#watch = undefined
  }

  #make(given: EvaluationContext): Client {
    const { targetingKeyAs: _, ...options } = this.#options as ClientOptions & ProviderOptions
    this.#base = options.context ?? {}
    // Without a context a page's own bootstrap says who it was made for.
    const more = Object.keys(given).length > 0 ? { context: this.#contextOf(given) } : {}
    return createClient(this.#refused.listening({ ...options, ...more }))
  }

  #contextOf(given: EvaluationContext): Context {
    return { ...this.#base, ...contextOf(given, this.#options.targetingKeyAs) }
  }

  #settled(watch: Watch, work: Promise<void>): Promise<void> {
    const settling = work
    this.#settling = settling
    return watch.during(this.#answered(settling))
  }

  /** Settles no sooner than the latest change does: of several at once the last wins, and ends the waiting of all. */
  async #answered(settling: Promise<void>): Promise<void> {
    const client = this.#client
    for (let last: Promise<void> | undefined = settling; last; ) {
      await last
      await client?.ready()
      if (this.#settling === last || this.#settling === undefined) break
      last = this.#settling
    }
    this.#settling = undefined
    if (client?.status !== 'error') return
    const message = this.#refused.message(client)
    throw this.#refused.isFatal ? new ProviderFatalError(message) : new GeneralError(message)
  }

  #resolve<T>(flag: string, fallback: T): ResolutionDetails<T> {
    const client = this.#client
    if (client === undefined) return refusal(fallback, 'PROVIDER_NOT_READY', 'the provider was not initialised')
    const details = detailsOf(client.outcome(flag), fallback, client)
    if (details.errorCode === undefined) client.expose(flag)
    return details
  }
}

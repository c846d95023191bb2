import {
  type EvaluationContext,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
} from '@openfeature/server-sdk'
import { createClient } from 'fader'
import type { Client, ClientOptions } from '../types.js'
import { contextOf } from './context.js'
import { detailsOf, refusal } from './details.js'
import type { ProviderOptions } from './options.js'
import { Refused } from './refused.js'
import { type Standing, Watch } from './watch.js'

export type FaderProviderOptions = ProviderOptions

const SAID = { ready: ProviderEvents.Ready, stale: ProviderEvents.Stale, error: ProviderEvents.Error } as const

/**
 * Answers OpenFeature's questions in servers, each for the context that comes with it. Nothing is asked of the network
 * for an evaluation, and nothing is recorded.
 */
export class FaderProvider implements Provider {
  readonly metadata = { name: 'Fader' } as const
  readonly runsOn = 'server'
  readonly events = new OpenFeatureEventEmitter()
  readonly #options: ProviderOptions
  #client: Client | undefined
  #watch: Watch | undefined

  constructor(options: ProviderOptions) {
    this.#options = options
  }

  initialize(): Promise<void> {
    const refused = new Refused()
    const { client = this.#make(refused) } = this.#options
    const voice = {
      standing: (standing: Standing) => this.events.emit(SAID[standing]),
      changed: () => this.events.emit(ProviderEvents.ConfigurationChanged),
    }
    this.#client = client
    this.#watch?.close()
    this.#watch = new Watch(client, voice, { compares: false })
    return this.#watch.during(answered(client, refused))
  }

  async resolveBooleanEvaluation(flag: string, fallback: boolean, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context)
  }

  async resolveStringEvaluation(flag: string, fallback: string, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context)
  }

  async resolveNumberEvaluation(flag: string, fallback: number, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context)
  }

  async resolveObjectEvaluation<T extends JsonValue>(flag: string, fallback: T, context: EvaluationContext) {
    return this.#resolve(flag, fallback, context)
  }

  async onClose(): Promise<void> {
    this.#watch?.close()
    if (!this.#options.client) this.#client?.close()
    this.#client = undefined
    this.#watch = undefined
  }

  /** A server may know all flags. What a visitor's page keeps and records is not for it. */
  #make(refused: Refused): Client {
    const { targetingKeyAs: _, ...options } = this.#options as ClientOptions & ProviderOptions
    return createClient(refused.listening({ projection: 'edge', holds: false, events: false, ...options }))
  }

  #resolve<T>(flag: string, fallback: T, given: EvaluationContext): ResolutionDetails<T> {
    const client = this.#client
    if (client === undefined) return refusal(fallback, 'PROVIDER_NOT_READY', 'the provider was not initialised')
    return detailsOf(client.evaluate(flag, contextOf(given, this.#options.targetingKeyAs)), fallback, client)
  }
}

async function answered(client: Client, refused: Refused): Promise<void> {
  await client.ready()
  if (client.status !== 'error') return
  const message = refused.message(client)
  throw refused.isFatal ? new ProviderFatalError(message) : new GeneralError(message)
}

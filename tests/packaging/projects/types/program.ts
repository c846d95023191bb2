import { type Client, createClient, type FlagKey, loadControl, loadEngine, type Outcome, type Value } from 'fader'
import { FaderWebProvider } from 'fader/openfeature/web'
import { FaderProvider, type FaderProviderProps, useFlag } from 'fader/react'
import { createClient as createRemote } from 'fader/remote'
import { createFader, type Fader } from 'fader/slim'
import type { ClientOptions, Engine } from 'fader/types'

const options: ClientOptions = { url: 'https://flags.example.com', key: 'fader_client_key', context: { country: 'SE' } }

export const client: Client = createClient(options)
export const isOn: boolean = client.isOn('banner')
export const title: string = client.value('title', 'fallback')
export const outcome: Outcome = client.evaluate('title', { country: 'NO' })
export const value: Value | null = outcome.value
export const engine = (snapshot: Uint8Array): Promise<Engine> => loadEngine(snapshot)
export const issues = async () => (await loadControl()).validate('{}')
export const slim = (bytes: Uint8Array<ArrayBuffer>): Fader => createFader({ engine: bytes })
export const providers = [new FaderWebProvider(options), new FaderWebProvider({ client, targetingKeyAs: 'orgId' })]
export const remote: Client = createRemote(options)
export const props: FaderProviderProps = { client }
export const components = [FaderProvider]
export const useBanner = (): boolean => useFlag('banner', false)
export const key: FlagKey = 'banner'

// @ts-expect-error: a fallback is of the type of the value.
export const wrong: string = client.value('title', 1)
// @ts-expect-error: a provider has a client, or what it makes one with.
export const both = new FaderWebProvider({ client, url: 'https://flags.example.com' })

import type { Client, ClientOptions } from '../types.js'

/** A client that the program made and will close itself, or what the provider makes one with. */
export type ProviderOptions = (GivenClient | OwnClient) & {
  /** The attribute that OpenFeature's `targetingKey` stands in for where it is absent; `userId` by default. */
  readonly targetingKeyAs?: string
}

interface GivenClient {
  readonly client: Client
}

interface OwnClient extends ClientOptions {
  readonly client?: never
}

import { FlagClient } from '../client.js'
import { RemoteFeed } from '../remote-feed.js'
import type { Client, ClientOptions } from '../types.js'

export type * from '../types.js'

/** Makes a client whose answers the worker gives, without WebAssembly, for pages whose policy forbids it. */
export function createClient(options: ClientOptions): Client {
  return new FlagClient(options, (beginning) => new RemoteFeed(beginning.options))
}

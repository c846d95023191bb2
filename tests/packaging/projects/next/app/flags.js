import { createClient } from 'fader'

let client

/** One client for all requests that this process has. */
export async function flags() {
  const { FLAGS_URL, FLAGS_EDGE_KEY } = process.env
  client ??= createClient({ url: FLAGS_URL, key: FLAGS_EDGE_KEY, projection: 'edge' })
  await client.ready()
  return client
}

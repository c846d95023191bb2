import { OpenFeature } from '@openfeature/server-sdk'
import { createClient } from 'fader'
import { FaderProvider } from 'fader/openfeature/server'

let client

/** One client for all requests that an isolate has; a worker may not ask the network before it is asked itself. */
async function flags({ FLAGS_URL: url, FLAGS_EDGE_KEY: key }) {
  client ??= createClient({ url, key, projection: 'edge', stream: false, pollIntervalMs: 0 })
  await client.ready()
  return client
}

async function ask(env) {
  const client = await flags(env)
  const title = client.evaluate('title', { country: 'SE' }).value
  const { steps } = await client.explain('title')
  await OpenFeature.setProviderAndWait(new FaderProvider({ client }))
  const elsewhere = await OpenFeature.getClient().getStringValue('title', 'fallback', { country: 'NO' })
  return { title, steps: steps.length, elsewhere }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/healthz') return new Response('ok')
    return Response.json(await ask(env))
  },
}

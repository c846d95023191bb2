const { OpenFeature } = require('@openfeature/server-sdk')
const { createClient } = require('fader')
const { FaderProvider } = require('fader/openfeature/server')

const { FLAGS_URL: url, FLAGS_EDGE_KEY: key } = process.env

async function ask() {
  const client = createClient({ url, key, projection: 'edge', stream: false, context: { country: 'SE' } })
  await client.ready()
  const title = client.value('title', 'fallback')
  const { steps } = await client.explain('title')
  client.close()
  await OpenFeature.setProviderAndWait(new FaderProvider({ url, key }))
  const elsewhere = await OpenFeature.getClient().getStringValue('title', 'fallback', { country: 'NO' })
  await OpenFeature.close()
  process.stdout.write(JSON.stringify({ title, steps: steps.length, elsewhere }))
}

void ask()

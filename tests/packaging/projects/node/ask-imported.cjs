const { OpenFeature } = require('@openfeature/server-sdk')

const { FLAGS_URL: url, FLAGS_EDGE_KEY: key } = process.env

async function ask() {
  const { createClient } = await import('fader')
  const { FaderProvider } = await import('fader/openfeature/server')
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

import { OpenFeature } from '@openfeature/web-sdk'
import { createClient } from 'fader'
import { FaderWebProvider } from 'fader/openfeature/web'
import { createClient as createRemote } from 'fader/remote'

/** Asks all that a page may ask, so that every file that the package is made of is asked for. */
async function ask() {
  const settings = new URL(location.href).searchParams
  const options = { url: settings.get('url'), key: settings.get('key') }
  const client = createClient({ ...options, context: { country: 'SE' } })
  await client.ready()
  const title = client.value('title', 'fallback')
  const { steps } = await client.explain('title')
  await OpenFeature.setProviderAndWait(new FaderWebProvider(options), { country: 'NO' })
  const elsewhere = OpenFeature.getClient().getStringValue('title', 'fallback')
  const remote = createRemote({ ...options, context: { country: 'SE' } })
  await remote.ready()
  return { title, steps: steps.length, elsewhere, remote: remote.value('title', 'fallback') }
}

globalThis.answers = ask()

import { OpenFeature } from '@openfeature/web-sdk'
import control from 'fader/control.wasm'
import engine from 'fader/engine.wasm'
import { FaderWebProvider } from 'fader/openfeature/web'
import { createClient as createRemote } from 'fader/remote'
import { createFader } from 'fader/slim'

/** esbuild's `file` loader gives the name of a file that it put beside the script. */
const load = async (name) => await (await fetch(new URL(name, import.meta.url))).arrayBuffer()

/** Asks all that a page may ask, so that every file that the package is made of is asked for. */
async function ask() {
  const settings = new URL(location.href).searchParams
  const options = { url: settings.get('url'), key: settings.get('key') }
  const fader = createFader({ engine: await load(engine), control: await load(control) })
  const client = fader.createClient({ ...options, context: { country: 'SE' } })
  await client.ready()
  const title = client.value('title', 'fallback')
  const { steps } = await client.explain('title')
  await OpenFeature.setProviderAndWait(new FaderWebProvider({ client }), { country: 'NO' })
  const elsewhere = OpenFeature.getClient().getStringValue('title', 'fallback')
  const remote = createRemote({ ...options, context: { country: 'SE' } })
  await remote.ready()
  return { title, steps: steps.length, elsewhere, remote: remote.value('title', 'fallback') }
}

globalThis.answers = ask()

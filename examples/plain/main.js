import { createClient } from 'fader'

// Where `npm start` runs, and a client token: both are in the address, as serve.mjs prints it.
const settings = new URL(location.href).searchParams
const url = settings.get('url') ?? 'http://127.0.0.1:8787'
const key = settings.get('key') ?? ''

const client = createClient({ url, key, context: { userId: 'u-2', country: 'SE' } })

/** Shows what the flags give now. Before the first answers, and without any, it is what stands here. */
function show() {
  const banner = client.value('storefront-banner', { title: 'Hello' })
  document.getElementById('title').textContent = banner.title
  document.getElementById('related').hidden = !client.isOn('related-posts')
  document.getElementById('status').textContent = `${client.status}, revision ${client.revision ?? 'none'}`
}

client.subscribe(show)
show()

document.getElementById('buy').addEventListener('click', () => client.track('purchase'))
document.getElementById('flags').addEventListener('click', async () => {
  const { openPanel } = await import('fader/panel')
  openPanel(client)
})

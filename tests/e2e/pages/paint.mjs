/** A page that shows a hundred flags as soon as it can, and writes down whatever it ever showed. */
import { createClient } from 'fader'

const began = performance.now()
const settings = JSON.parse(document.getElementById('settings').textContent)
const client = createClient(settings.options)
const names = Array.from({ length: settings.flags }, (_, at) => `flag-${at}`)
const list = document.body.appendChild(document.createElement('ul'))
const shown = names.map(() => list.appendChild(document.createElement('li')))
/** What was on the screen, by flag: each text that it had, in order. */
const history = names.map(() => [])

function paint() {
  for (const [at, name] of names.entries()) {
    const text = String(client.value(name, -1))
    if (history[at].at(-1) === text) continue
    history[at].push(text)
    shown[at].textContent = text
  }
}

globalThis.paint = { client, history, status: () => client.status, interactiveMs: undefined }
await client.ready()
paint()
globalThis.paint.interactiveMs = performance.now() - began
client.subscribe(paint)

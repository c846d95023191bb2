import { loadEngine } from 'fader'

const EVERY_MS = 10_000

/** Keeps an engine of the newest snapshot. What cannot be had or loaded changes nothing. */
export async function keepEngine({ url, key }) {
  const kept = { engine: undefined, close: () => clearInterval(timer) }
  let etag
  const refresh = async () => {
    const headers = { authorization: `Bearer ${key}`, ...(etag && { 'if-none-match': etag }) }
    const response = await fetch(`${url}/v1/snapshot/client`, { headers })
    if (response.status === 304) return
    if (!response.ok) throw new Error(`the worker answered ${response.status}`)
    kept.engine = await loadEngine(new Uint8Array(await response.arrayBuffer()))
    etag = response.headers.get('etag')
  }
  const tryIt = () => refresh().catch((cause) => console.error(`flags stay as they are: ${cause.message}`))
  const timer = setInterval(tryIt, EVERY_MS)
  await tryIt()
  return kept
}

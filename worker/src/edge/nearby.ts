import { within } from '../within.ts'

/** A cache that does not answer at once is no help. */
const LIMIT_MS = 500

/**
 * What the isolates of one place share, by means of the Cache API.
 *
 * Nothing in it is trusted, and nothing is missed when it is not there: whatever goes wrong with it, it is empty.
 */
export class Nearby {
  readonly #environment: string
  readonly #open: () => Promise<Cache>

  constructor(environment: string, open: () => Promise<Cache> = () => caches.open('fader')) {
    this.#environment = environment
    this.#open = open
  }

  /** What was put there, while it is kept. */
  async bytes(name: string): Promise<Uint8Array | null> {
    return await within(this.#read(name), LIMIT_MS).catch(() => null)
  }

  /** The same, of what was put there as JSON. */
  async json(name: string): Promise<unknown> {
    const bytes = await this.bytes(name)
    try {
      return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      return null
    }
  }

  async put(name: string, content: Uint8Array | object, seconds: number): Promise<void> {
    const body = content instanceof Uint8Array ? content : JSON.stringify(content)
    const response = new Response(body, { headers: { 'cache-control': `max-age=${seconds}` } })
    await within(this.#write(name, response), 2 * LIMIT_MS).catch(() => undefined)
  }

  async #read(name: string): Promise<Uint8Array | null> {
    const cache = await this.#open()
    const found = await cache.match(this.#address(name))
    return found === undefined ? null : new Uint8Array(await found.arrayBuffer())
  }

  async #write(name: string, response: Response): Promise<void> {
    const cache = await this.#open()
    await cache.put(this.#address(name), response)
  }

  /** A host that nobody can have, so that no request from outside ever meets what lies here. */
  #address(name: string): string {
    return `https://fader.invalid/${encodeURIComponent(this.#environment)}/${name}`
  }
}

/*
 * Stands for the store in a process that is not the store's: every call crosses loopback, as it would cross to another
 * data centre.
 */

import { DurableObject } from 'cloudflare:workers'
import { FlagStore } from './index.js'
import { fromWire, toWire } from './wire.js'

export class Bridge extends DurableObject {}

for (const method of Object.getOwnPropertyNames(FlagStore.prototype)) {
  if (method === 'constructor' || method in DurableObject.prototype) continue
  Bridge.prototype[method] = async function (...given) {
    const body = toWire({ method, given })
    const response = await this.env.STORE.fetch('http://store/call', { method: 'POST', body })
    if (!response.ok) throw new Error(`the store's process answered ${response.status}: ${await response.text()}`)
    return fromWire(await response.text()).result ?? null
  }
}

export default { fetch: async () => new Response(null, { status: 404 }) }

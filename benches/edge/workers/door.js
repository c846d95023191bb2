/*
 * The other end of the bridge, in the store's process.
 */

import { fromWire, toWire } from './wire.js'

/** How far away the others are: half of it on the way here, and half on the way back. */
const distance = { roundTripMs: 0 }

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/-/distance') {
      Object.assign(distance, await request.json())
      return Response.json(distance)
    }
    const { method, given } = fromWire(await request.text())
    await travel()
    try {
      const result = await env.FLAG_STORE.getByName(env.ENVIRONMENT)[method](...given)
      await travel()
      return new Response(toWire({ result }))
    } catch (cause) {
      return new Response(String(cause), { status: 500 })
    }
  },
}

function travel() {
  if (distance.roundTripMs === 0) return undefined
  return new Promise((resolve) => setTimeout(resolve, distance.roundTripMs / 2))
}

/*
 * The worker as it is deployed, with a door for whoever breaks things: `/-/clock`, `/-/trap`, `/-/store`.
 */

import { clock } from './clock.js'
import { fragile } from './fragile.js'
import worker, * as deployed from './index.js'

export * from './index.js'

/** What every call of the store has to bear in this process. */
const weather = { latencyMs: 0, failEvery: 0, calls: 0 }

/** The store, when it is slow, or fails now and then. */
export class FlagStore extends deployed.FlagStore {
  async head(...given) {
    await bear()
    return super.head(...given)
  }

  async bundle(...given) {
    await bear()
    return super.bundle(...given)
  }
}

async function bear() {
  weather.calls += 1
  const { calls, failEvery, latencyMs } = weather
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
  if (failEvery > 0 && calls % failEvery === 0) throw new Error('injected: the store fails')
}

const doors = {
  '/-/clock': clock,
  '/-/trap': fragile,
  '/-/store': weather,
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    const door = doors[pathname]
    if (door === undefined) return worker.fetch(request, env, ctx)
    if (request.method === 'POST') {
      for (const [name, value] of Object.entries(await request.json())) door[name] = value
    }
    return Response.json(door)
  },
}

/*
 * The worker as it is deployed, with a door for whoever breaks things: `/-/clock`, `/-/trap`, `/-/store`.
 */

import { clock } from './clock.js'
import { fragile } from './fragile.js'
import worker from './index.js'
import { insteadOfStore } from './methods.js'

export * from './index.js'

/** What every call of the store has to bear that does not come from the isolate that has it. */
const weather = { latencyMs: 0, failEvery: 0, calls: 0 }

/** Stands before the store. What the store does by itself does not pass here. */
export class Gate extends insteadOfStore(pass) {}

async function pass(env, method, given) {
  weather.calls += 1
  const { calls, failEvery, latencyMs } = weather
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
  if (failEvery > 0 && calls % failEvery === 0) throw new Error('injected: the store fails')
  return await env.FLAG_STORE.getByName(env.ENVIRONMENT)[method](...given)
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

import { DurableObject } from 'cloudflare:workers'
import { FlagStore } from './index.js'

/** A class with the methods of the store, each of which does `call(method, given)` instead. */
export function insteadOfStore(call) {
  class Instead extends DurableObject {}
  for (const method of Object.getOwnPropertyNames(FlagStore.prototype)) {
    if (method === 'constructor' || method === 'alarm' || method in DurableObject.prototype) continue
    Instead.prototype[method] = function (...given) {
      return call(this.env, method, given)
    }
  }
  return Instead
}

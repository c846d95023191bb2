/*
 * Loaded before the worker, so that every instance that it makes of the engine can be made to trap: the call is given
 * the address of an engine where there is no memory. What comes of it is WebAssembly's own error.
 */

const Instance = WebAssembly.Instance
const NOWHERE = 0xffff_fff0

/** After so many evaluations from now one of them traps. `healedMs` is from there to the next evaluation's end. */
export const fragile = { trapAfter: Number.POSITIVE_INFINITY, traps: 0, instances: 0, healedMs: undefined }
let trappedAt

WebAssembly.Instance = class {
  constructor(module, imports) {
    const { exports } = new Instance(module, imports)
    fragile.instances += 1
    this.exports = Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, watched(name, value)]))
  }
}

function watched(name, value) {
  if (typeof value !== 'function' || !/^engine_(evaluate|indices)/.test(name)) return value
  return (at, ...rest) => {
    fragile.trapAfter -= 1
    if (fragile.trapAfter > 0) return noted(value(at, ...rest))
    fragile.trapAfter = Number.POSITIVE_INFINITY
    fragile.traps += 1
    trappedAt = performance.now()
    return value(NOWHERE, ...rest)
  }
}

function noted(result) {
  if (trappedAt !== undefined) fragile.healedMs = performance.now() - trappedAt
  trappedAt = undefined
  return result
}

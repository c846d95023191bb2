import { readFileSync } from 'node:fs'
import { Instance } from '../../js/dist/artefact.js'
import { WasmEngine } from '../../js/dist/engine.js'
import { instantiate } from '../../js/generated/engine.js'
import { fader, payload } from '../contestants.mjs'
import { hundredFlags, visitors } from '../work.mjs'

const EVALUATIONS = 1_000_000
const LOADS = 10_000

/** How much the linear memory grows in a million evaluations with ten thousand snapshots loaded in between, in bytes. */
export function growth() {
  const artefact = instantiate(
    new WebAssembly.Module(readFileSync(new URL('../../js/generated/engine.wasm', import.meta.url))),
  )
  const instance = new Instance(() => artefact)
  const snapshot = payload(fader, hundredFlags)
  const load = () => new WasmEngine(instance, snapshot, () => Promise.reject(new Error('it is not there')))
  const contexts = visitors(100)
  const run = (loads) => {
    let engine = load()
    for (let count = 0; count < loads; count++) {
      // The next one is there before the last one goes, as when a client adopts a revision.
      const next = load()
      engine.free()
      engine = next
      const { key } = hundredFlags[count % hundredFlags.length]
      for (const context of contexts) engine.evaluate(key, context)
    }
    engine.free()
  }
  run(100)
  const before = artefact.exports.memory.buffer.byteLength
  run(LOADS)
  return {
    evaluations: LOADS * contexts.length,
    loads: LOADS,
    wanted: EVALUATIONS,
    bytes: before,
    grown: artefact.exports.memory.buffer.byteLength - before,
  }
}

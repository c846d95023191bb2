import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAll } from '../../js/dist/attribute.js'
import { Home } from '../../js/dist/home.js'
import { instantiate } from '../../js/generated/engine.js'
import { fader, payload } from '../contestants.mjs'
import { times } from '../rounds.mjs'
import { hundredFlags, rolloutFlag, targetedFlag, visitors } from '../work.mjs'

const SUBJECTS = 64
const kept = []
const works = { w1: [rolloutFlag], w2: [targetedFlag], w3: hundredFlags }

/** Writes the work for the benches in Rust, which read it again. */
export function writeWork(folder) {
  mkdirSync(folder, { recursive: true })
  for (const [name, flags] of Object.entries(works)) {
    writeFileSync(join(folder, `${name}.snapshot`), payload(fader, flags))
  }
  const lines = visitors(SUBJECTS).map((visitor) => JSON.stringify(visitor))
  writeFileSync(join(folder, 'visitors.jsonl'), `${lines.join('\n')}\n`)
}

/** Criterion's median of each work, in nanoseconds. */
export function natively(folder) {
  return new Map(
    Object.keys(works).map((name) => {
      const estimates = JSON.parse(readFileSync(join(folder, name, 'new', 'estimates.json'), 'utf8'))
      return [name, estimates.median.point_estimate]
    }),
  )
}

/** The same calls in WebAssembly, less a call that does nothing: contexts are there, and nothing is known of them. */
export async function inWasm() {
  const path = new URL('../../js/generated/engine.wasm', import.meta.url)
  const artefact = instantiate(new WebAssembly.Module(readFileSync(path)))
  const entries = Object.entries(works).flatMap(([name, flags]) => calls(artefact, name, payload(fader, flags)))
  const found = await times(entries, { rounds: 61 })
  return new Map(Object.keys(works).map((name) => [name, found.get(name) - found.get(`${name}, empty`)]))
}

function calls(artefact, name, snapshot) {
  const home = new Home(artefact, snapshot)
  const contexts = visitors(SUBJECTS).map((visitor) => home.keep(readAll(home.attributes, visitor, [])))
  // One that is collected takes its memory with it.
  kept.push(home)
  const { engine_evaluate, engine_evaluateAll, engine_length } = home.exports
  const now = Date.now()
  const { at } = home
  const all = (subject) => engine_evaluateAll(at, subject, now, 1)
  const one = (subject) => engine_evaluate(at, subject, 0, now, 1)
  const empty = () => engine_length(at)
  return [
    { name, evaluate: name === 'w3' ? all : one, contexts },
    { name: `${name}, empty`, evaluate: empty, contexts },
  ]
}

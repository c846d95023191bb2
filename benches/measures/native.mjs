import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Subject } from '../../js/dist/context.js'
import { Tables } from '../../js/dist/snapshot.js'
import { instantiate } from '../../js/generated/engine.js'
import { fader, payload } from '../contestants.mjs'
import { times } from '../rounds.mjs'
import { hundredFlags, rolloutFlag, targetedFlag, visitors } from '../work.mjs'

const SUBJECTS = 64
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

/** The same calls in WebAssembly, less as many calls that do nothing: contexts are there, and nothing is known of them. */
export async function inWasm() {
  const path = new URL('../../js/generated/engine.wasm', import.meta.url)
  const artefact = instantiate(new WebAssembly.Module(readFileSync(path)))
  const entries = Object.entries(works).flatMap(([name, flags]) => calls(artefact, name, payload(fader, flags)))
  const found = await times(entries, { rounds: 61 })
  return new Map(Object.keys(works).map((name) => [name, found.get(name) - found.get(`${name}, empty`)]))
}

function calls(artefact, name, snapshot) {
  const engine = new artefact.Engine(snapshot)
  const { attributes } = new Tables(engine)
  const contexts = visitors(SUBJECTS).map((visitor) => {
    const subject = new Subject(artefact, attributes.length)
    subject.write(attributes.map((attribute) => attribute.read(visitor)))
    return subject.handle
  })
  const now = Date.now()
  const all = (handle) => {
    handle.forget()
    return engine.evaluateAll(handle, now)
  }
  const one = (handle) => {
    handle.forget()
    return engine.evaluate(handle, 0, now)
  }
  const empty = () => engine.revision() + engine.revision()
  return [
    { name, evaluate: name === 'w3' ? all : one, contexts },
    { name: `${name}, empty`, evaluate: empty, contexts },
  ]
}

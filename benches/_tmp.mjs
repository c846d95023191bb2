import { readFileSync } from 'node:fs'
import { seeAll } from '../js/dist/attribute.js'
import { Home } from '../js/dist/home.js'
import { instantiate } from '../js/generated/engine.js'
import { fader, payload } from './contestants.mjs'
import { hundredFlags, rolloutFlag, targetedFlag, visitors, tenThousandFlags, hundredUnlikeFlags } from './work.mjs'
const works = { w1: [rolloutFlag], w2: [targetedFlag], w3: hundredFlags, w3u: hundredUnlikeFlags }
const artefact = instantiate(new WebAssembly.Module(readFileSync(process.argv[2])))
const kept = []
const out = {}
for (const [name, flags] of Object.entries(works)) {
  const home = new Home(artefact, payload(fader, flags))
  const ctx = visitors(64).map((v) => { const s = home.subject(); s.write(seeAll(home.attributes, v)); kept.push(home, s); return s.handle.__wbg_ptr })
  const { engine_evaluate, engine_evaluateAll, engine_revision } = home.exports
  const at = home.handle.__wbg_ptr, now = Date.now()
  const fns = { [name]: flags.length > 1 ? (c) => engine_evaluateAll(at, c, now, 1) : (c) => engine_evaluate(at, c, 0, now, 1), ['empty']: () => engine_revision(at) }
  for (const [n, f] of Object.entries(fns)) {
    let min = Infinity
    const N = flags.length > 1 ? 2000 : 50000
    for (let r = 0; r < 40; r++) { const t = performance.now(); for (let i = 0; i < N; i++) f(ctx[i & 63]); min = Math.min(min, (performance.now() - t) * 1e6 / N) }
    out[n] = +min.toFixed(1)
  }
}
const big = payload(fader, tenThousandFlags)
let min = Infinity
for (let r = 0; r < 12; r++) { const t = performance.now(); const h = new Home(artefact, big); min = Math.min(min, performance.now() - t); h.handle.free() }
out.load = +min.toFixed(2); out.bytes = big.length
console.log(JSON.stringify(out))
process.exit()

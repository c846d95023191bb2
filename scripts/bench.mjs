import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { buildAll } from './build.mjs'
import { run } from './lib/command.mjs'
import { Failure, main } from './lib/failure.mjs'
import { alone } from './lib/lock.mjs'
import { inRoot } from './lib/paths.mjs'
import { sizes } from './lib/size.mjs'
import { whenChanged } from './lib/stamp.mjs'
import { say, step } from './lib/step.mjs'
import { number, table } from './lib/table.mjs'
import { report } from './report.mjs'
import { setup } from './setup.mjs'

const help = `npm run bench [-- --only PART,… | --json]

Measures Fader beside other packages and beside rules compiled by hand, on the same work, in interleaved rounds.
The first run installs the peers from benches/package-lock.json.

  --only   some of: one, all, load, memory, sizes, native
  --json   the measures as one JSON array, and nothing else on standard output
`

/** Engine flags for the process that measures memory: it collects when asked, and not in the middle of a count. */
const memoryFlags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=512']

const parts = { one, all, load, memory, sizes: weights, native }

async function bench(only) {
  const env = await setup()
  await buildAll(env, ['wasm', 'js'])
  await installPeers(env)
  const measures = []
  for (const part of only) measures.push(...(await parts[part](env)))
  await describe()
  report('Fader beside others', measures)
}

async function installPeers(env) {
  const reads = ['benches/package.json', 'benches/package-lock.json']
  const writes = ['benches/node_modules/.package-lock.json']
  const args = ['ci', '--prefix', inRoot('benches'), '--ignore-scripts', '--no-audit', '--no-fund']
  const mend = 'See that the npm registry can be reached (a proxy? a certificate?), then run the same command again.'
  await alone('peers', () =>
    whenChanged('peers', { reads, writes }, () => step('install the peers', () => run('npm', args, { env, mend }))),
  )
}

/** W1 and W2: one flag. */
async function one() {
  const { w1, w2 } = await import('../benches/measures/evaluations.mjs')
  const rollout = await step('W1: one rollout', w1)
  const targeted = await step('W2: three rules and a split', w2)
  print('nanoseconds for one flag', { W1: rollout, W2: targeted })
  const peers = await namesOfPeers()
  return [
    ...told('W1', rollout, 'ns'),
    ratio('W1: fastest peer ÷ Fader', fastest(rollout, peers), rollout.get('Fader'), '>= 8'),
    ratio('W1: fastest peer ÷ Fader, prepared', fastest(rollout, peers), rollout.get('Fader, prepared'), '>= 20'),
    ...told('W2', targeted, 'ns'),
    ratio('W2: fastest peer ÷ Fader', fastest(targeted, peers), targeted.get('Fader'), '>= 5'),
    ratio('W2: Fader ÷ closures', targeted.get('Fader'), targeted.get('closures by hand'), '<= 2'),
  ]
}

/** W3: all of a hundred flags. */
async function all() {
  const { w3, w3Unlike } = await import('../benches/measures/evaluations.mjs')
  const alike = await step('W3: a hundred flags', w3)
  const unlike = await step('W3: a hundred flags, nothing shared', w3Unlike)
  print('nanoseconds for a hundred flags', { W3: alike, 'nothing shared': unlike })
  const peers = await namesOfPeers()
  // What the package does not offer takes for ever.
  const indices = alike.get('Fader, indices') ?? Number.POSITIVE_INFINITY
  return [
    ...told('W3', alike, 'ns'),
    ratio('W3: fastest peer ÷ Fader, as indices', fastest(alike, peers), indices, '>= 40'),
    ratio('W3: closures ÷ Fader, as indices', alike.get('closures by hand'), indices, '>= 4'),
    ratio('W3: fastest peer ÷ Fader, as an object of values', fastest(alike, peers), alike.get('Fader'), '>= 12'),
    ...told('W3, nothing shared', unlike, 'ns'),
  ]
}

/** W4 and W6: 10,000 flags, loaded and published. */
async function load() {
  const { firstAnswers, publishing, travelling } = await import('../benches/measures/loading.mjs')
  const first = await step('W4: 10,000 flags to the first answer', firstAnswers)
  const { snapshot, json, peers: texts } = await step('W4: what travels', travelling)
  const published = await step('W6: publish 10,000 flags', publishing)
  print('10,000 flags', { 'first answer, ms': first, 'gzip of what travels': new Map([['Fader', snapshot], ...texts]) })
  return [
    ...told('W4', first, 'ms'),
    ratio('W4: fastest peer ÷ Fader', fastest(first, await namesOfPeers()), first.get('Fader'), '>= 5'),
    { measure: 'W4: snapshot of 10,000 flags, gzipped', value: snapshot, unit: 'bytes', target: `<= ${json}` },
    { measure: 'W4: their definition as JSON, gzipped', value: json, unit: 'bytes' },
    { measure: 'W6: validate and compile 10,000 flags', value: published.compile, unit: 'ms', target: '<= 250' },
    { measure: 'W6: of this, validate', value: published.validate, unit: 'ms' },
  ]
}

/** W5, allocations, and the linear memory after long use. */
async function memory(env) {
  const { everybody } = await import('../benches/contestants.mjs')
  const { growth } = await import('../benches/measures/memory.mjs')
  const retained = new Map()
  const allocated = new Map()
  for (const { name } of everybody) {
    await step(`W5: memory of ${name}`, async () => {
      const args = [...memoryFlags, inRoot('benches', 'measures', 'retained.mjs'), name]
      const found = JSON.parse(await run(process.execPath, args, { env }))
      retained.set(name, found.retained)
      for (const [what, bytes] of Object.entries(found.allocated)) allocated.set(`${name}: ${what}`, bytes)
    })
  }
  const { bytes, grown, evaluations, loads } = await step('a million evaluations, 10,000 loads', growth)
  const peers = await namesOfPeers()
  const least = fastest(retained, peers)
  print('bytes', { 'retained by 10,000 flags': retained })
  print('bytes allocated in JavaScript', { 'an evaluation': allocated })
  const ours = [...allocated].filter(([name]) => name.startsWith('Fader'))
  return [
    ...told('W5', new Map([...retained].filter(([name]) => name !== 'Fader')), 'bytes'),
    { measure: 'W5: Fader', value: retained.get('Fader'), unit: 'bytes', target: `< ${least}` },
    ...ours.map(([name, value]) => ({ measure: `allocated, ${name}`, value, unit: 'bytes', target: '= 0' })),
    { measure: 'evaluations with loads in between', value: evaluations, unit: 'evaluations', target: '>= 1_000_000' },
    { measure: 'snapshots loaded meanwhile', value: loads, unit: 'snapshots', target: '>= 10_000' },
    { measure: 'linear memory before', value: bytes, unit: 'bytes' },
    { measure: 'linear memory grew by', value: grown, unit: 'bytes', target: '= 0' },
  ]
}

/** What a page downloads. */
async function weights() {
  const found = await sizes()
  return found.map(({ name, gzip, budget }) => ({
    measure: `${name}, gzipped`,
    value: gzip,
    unit: 'bytes',
    target: `<= ${budget}`,
  }))
}

/** WebAssembly beside the same core built for this machine, the boundary excluded, and what the core allocates. */
async function native(env) {
  const { inWasm, natively, writeWork } = await import('../benches/measures/native.mjs')
  writeWork(inRoot('target', 'bench'))
  const cargo = (name) => run('cargo', ['bench', '--features', 'control', '--bench', name], { env })
  await step('native: the core (builds it first)', () => cargo('native'))
  const machine = natively(inRoot('target', 'criterion'))
  const wasm = await step('the same in WebAssembly', inWasm)
  const counted = /allocations: (\d+)/.exec(await step('count allocations', () => cargo('allocations')))
  print('nanoseconds, boundary excluded', { native: machine, WebAssembly: wasm })
  return [
    ...[...machine].flatMap(([work, value]) => [
      { measure: `${work.toUpperCase()}: native`, value, unit: 'ns' },
      { measure: `${work.toUpperCase()}: WebAssembly, boundary excluded`, value: wasm.get(work), unit: 'ns' },
      ratio(`${work.toUpperCase()}: WebAssembly ÷ native`, wasm.get(work), value, '<= 1.6'),
    ]),
    {
      measure: 'allocated by the core in 60,000 evaluations',
      value: Number(counted?.[1]),
      unit: 'times',
      target: '= 0',
    },
  ]
}

async function namesOfPeers() {
  const { peers } = await import('../benches/contestants.mjs')
  return peers.map(({ name }) => name)
}

const fastest = (found, names) => Math.min(...names.map((name) => found.get(name)))
const ratio = (measure, dividend, divisor, target) => ({ measure, value: dividend / divisor, unit: '×', target })
const told = (work, found, unit) => [...found].map(([name, value]) => ({ measure: `${work}: ${name}`, value, unit }))

/** Prints who took how long, and how many times as long as Fader where Fader did the same. */
function print(title, columns) {
  const names = [...new Set(Object.values(columns).flatMap((found) => [...found.keys()]))]
  const shown = Object.entries(columns).flatMap(([work, found]) => {
    const own = found.get('Fader')
    const values = { head: work, cell: (name) => (found.has(name) ? number(found.get(name)) : '') }
    const ratios = { head: '÷ Fader', cell: (name) => (found.has(name) ? number(found.get(name) / own) : '') }
    return own === undefined ? [values] : [values, ratios]
  })
  const rows = names.map((name) => [name, ...shown.map(({ cell }) => cell(name))])
  say(`\n${table([title, ...shown.map(({ head }) => head)], rows)}\n`)
}

/** Says on what it was measured, and what a peer could not do as asked. */
async function describe() {
  const { peers } = await import('../benches/contestants.mjs')
  const { dependencies } = JSON.parse(readFileSync(inRoot('benches', 'package.json'), 'utf8'))
  say(
    `  Node ${process.versions.node}, V8 ${process.versions.v8}, ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`,
  )
  for (const { name, package: from, note } of peers) {
    say(`  ${name}: ${from} ${dependencies[from]}${note ? `. ${note}` : ''}`)
  }
}

function wanted(args) {
  const at = args.indexOf('--only')
  if (at < 0) return Object.keys(parts)
  const names = (args[at + 1] ?? '').split(',')
  if (names.every((name) => name in parts)) return names
  throw new Failure(`--only takes ${Object.keys(parts).join(', ')}, with commas between them.`)
}

await main(async () => {
  if (process.argv.includes('--help')) return say(help)
  await bench(wanted(process.argv.slice(2)))
})
// Some peers keep timers that nothing stops.
process.exit()

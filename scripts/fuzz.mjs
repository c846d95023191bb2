import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildAll } from './build.mjs'
import { attempt } from './lib/command.mjs'
import { Failure, main } from './lib/failure.mjs'
import { inRoot } from './lib/paths.mjs'
import { say } from './lib/step.mjs'
import { setup } from './setup.mjs'

const targets = ['definition', 'snapshot', 'context', 'conditions', 'patterns']
const wants =
  'Install a nightly compiler and cargo-fuzz: `rustup toolchain install nightly`, `cargo install cargo-fuzz`.'
const help = `npm run fuzz                               every target for two minutes
npm run fuzz -- --only snapshot --seconds 600
npm run fuzz -- --corpus                   writes the committed corpora anew, from the golden cases

It needs a nightly compiler and cargo-fuzz: rustup toolchain install nightly; cargo install cargo-fuzz`

/** Runs libFuzzer on a target; what it finds new stays under target/. */
async function fuzz(target, seconds) {
  const found = inRoot('target', 'fuzz', target)
  mkdirSync(found, { recursive: true })
  const limits = [`-max_total_time=${seconds}`, '-timeout=10', '-rss_limit_mb=2048', '-print_final_stats=1']
  const args = [
    '+nightly',
    'fuzz',
    'run',
    '--sanitizer',
    'none',
    target,
    found,
    corpusOf(target),
    '--',
    ...limits,
    `-dict=${dictionary}`,
  ]
  const { code, output } = await attempt('cargo', args)
  if (/no such command|toolchain .* is not installed/.test(output)) {
    throw new Failure('There is nothing to fuzz with.', { log: output, mend: wants })
  }
  if (code !== 0) throw new Failure(`${target} failed.`, { log: output, mend: 'The input is in fuzz/artifacts.' })
  const figure = (name) => output.match(new RegExp(`stat::${name}: *(\\d+)`))?.[1]
  say(`  ${target}: ${figure('number_of_executed_units')} inputs in ${seconds} s, no failure`)
}

const dictionary = inRoot('fuzz', 'words.dict')
const corpusOf = (target) => inRoot('fuzz', 'corpus', target)

async function writeCorpora() {
  await buildAll(await setup(), ['wasm', 'js'])
  const { loadControl } = await import('fader')
  const control = await loadControl()
  const cases = inRoot('tests', 'cases')
  const files = readdirSync(cases).map((name) => JSON.parse(readFileSync(join(cases, name), 'utf8')))
  const definitions = files.map(({ definition }) => JSON.stringify(withFewFlags(definition)))
  const contexts = files.flatMap((file) => file.cases.map(({ context }) => JSON.stringify(context)))
  const short = [...new Set(contexts)].filter((context) => context.length < 200)
  write('definition', definitions)
  write(
    'snapshot',
    definitions.map((definition) => control.compile(definition).snapshot),
  )
  write('context', [...everyNth(short, 40), ...rawContexts])
  write(
    'conditions',
    Array.from({ length: 24 }, (_, at) => bytes(at, 64 + 8 * at)),
  )
  write('patterns', patterns)
}

/** Enough of a definition that all of its kind is in it. */
function withFewFlags({ flags, ...rest }) {
  return { ...rest, flags: Object.fromEntries(everyNth(Object.entries(flags), 4)) }
}

function everyNth(list, count) {
  const step = Math.max(1, Math.floor(list.length / count))
  return list.filter((_, at) => at % step === 0)
}

function write(target, inputs) {
  const folder = corpusOf(target)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [at, input] of inputs.entries()) writeFileSync(join(folder, String(at).padStart(2, '0')), input)
}

/** Bytes that are different for each seed, and the same in every run. */
function bytes(seed, length) {
  let state = seed * 2_654_435_761 + 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 24
    }),
  )
}

/** Attributes as a host may write them, a line each. */
const rawContexts = [
  'u-1\n\n\u0002\nÅsa\n7',
  'u-7\n\u0001\u0000\u0000\u0000\u0000\u0000\u0045\u0040\n\u0000x',
  '\n\n\n',
]

/** An operand, and a text to try it on. */
const patterns = [
  '^a+$\naaa',
  '(a|b)*c{1,3}\nabcc',
  '\\d{4}-\\w+\\s?\n2026-x ',
  '[^\\W\\d_]+\nÅsa',
  '(?i)straße|k\nSTRASSE',
  '(?:(?:(?:a?){9}){9}){9}\naaaaaaaaa',
  '.*\\b.*\\.$\nx.y.',
  '(\nunfinished',
  '\\p{Greek}\nΟΔΟΣ',
  '>=2.1.0-rc.1 <3 || ^1.x\n2.1.0-rc.2',
  '~1.2 || 0.0.1 - 2\nv1.2.9+build',
  '<=1, >0.0.0-0\n1.0.0-alpha.1',
  '999999999999999.1.2\n999999999999999.1.2',
  '10.0.0.0/8\n10.1.2.3',
  '2001:db8::/32\n2001:db8::1',
  '::ffff:10.0.0.0/104\n::ffff:a01:203',
  '0.0.0.0/0\n010.1.2.3',
  '2026-11-21T12:00:00Z\n2026-11-21T11:59:59.999Z',
  '2024-02-29t23:59:60+23:59\n0000-01-01T00:00:00-00:01',
  '2026-02-30T00:00:00Z\n1e300',
]

async function run(args) {
  if (args.includes('--help')) return say(help)
  if (args.includes('--corpus')) return writeCorpora()
  const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise)
  for (const target of option('--only', targets.join()).split(',')) {
    if (!targets.includes(target)) throw new Failure(`There is no target ${target}.`, { mend: `\n${help}` })
    await fuzz(target, Number(option('--seconds', '120')))
  }
}

await main(() => run(process.argv.slice(2)))

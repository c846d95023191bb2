import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { buildAll } from './build.mjs'
import { Failure, main } from './lib/failure.mjs'
import { inRoot } from './lib/paths.mjs'
import { say } from './lib/step.mjs'
import { contexts, NOW, point, salts, units } from './lib/vectors.mjs'
import { setup } from './setup.mjs'

const help = `npm run vectors [-- --write]

Makes the golden vectors anew in a temporary folder, and compares them with the published ones.

  --write   adds files that are not there yet; none is ever written over
`
const published = inRoot('js', 'vectors')
const sums = join(published, 'SHA256SUMS')

const lines = (rows) => `${rows.map((row) => row.join('\t')).join('\n')}\n`

/** Each file, and the text that is in it. */
async function make() {
  const all = contexts()
  return {
    'points.tsv.gz': lines(salts.flatMap((salt) => units().map((unit) => [salt, unit, point(salt, unit)]))),
    'contexts.jsonl.gz': lines(all.map((context) => [JSON.stringify(context)])),
    'answers.tsv.gz': lines(await answers(all)),
  }
}

async function answers(all) {
  const { loadControl, loadEngine } = await import('fader')
  const control = await loadControl()
  const { issues, snapshot } = control.compile(readFileSync(join(published, 'definition.json'), 'utf8'))
  if (issues.length > 0) throw new Failure(`definition.json: ${issues[0].path}: ${issues[0].message}`)
  const engine = await loadEngine(snapshot)
  return all.flatMap((context, at) =>
    engine.evaluateAll(context, NOW).map(({ flag, variant, reason, rule }) => [flag, at, variant, reason, rule ?? '']),
  )
}

/** Says of one file whether it is as it is published. */
function check(name, text, listed) {
  const path = join(published, name)
  if (!existsSync(path)) return `${name} is not published yet`
  const bytes = readFileSync(path)
  if (!listed.includes(`${digest(bytes)}  ${name}`)) return `${name} is not what SHA256SUMS says`
  return gunzipSync(bytes).toString() === text ? undefined : `${name} would be another today`
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex')

function add(name, text) {
  const bytes = gzipSync(text, { level: 9 })
  writeFileSync(join(published, name), bytes, { flag: 'wx' })
  writeFileSync(sums, `${digest(bytes)}  ${name}\n`, { flag: 'a' })
  say(`added ${name}: ${text.split('\n').length - 1} rows, ${text.length} characters, ${bytes.length} bytes packed`)
}

async function vectors({ write }) {
  await buildAll(await setup(), ['wasm', 'js'])
  const made = Object.entries(await make())
  if (write) for (const [name, text] of made) if (!existsSync(join(published, name))) add(name, text)
  const listed = readFileSync(sums, 'utf8').split('\n')
  const wrong = made.filter(([name, text]) => check(name, text, listed) !== undefined)
  if (wrong.length === 0) return say(`${made.length} files are as they are published.`)
  const folder = mkdtempSync(join(tmpdir(), 'fader-vectors-'))
  for (const [name, text] of wrong) writeFileSync(join(folder, name.replace('.gz', '')), text)
  const said = wrong.map(([name, text]) => check(name, text, listed))
  throw new Failure(said.join('\n'), { mend: `Compare with ${folder}. Published vectors are never changed.` })
}

await main(async () => {
  if (process.argv.includes('--help')) say(help)
  else await vectors({ write: process.argv.includes('--write') })
})

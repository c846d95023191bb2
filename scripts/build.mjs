import { chmodSync, existsSync, rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { buildArtefact, filesOf, plan } from './lib/artefact.mjs'
import { run } from './lib/command.mjs'
import { embedArtefacts } from './lib/embedded.mjs'
import { Failure, main } from './lib/failure.mjs'
import { alone } from './lib/lock.mjs'
import { inRoot } from './lib/paths.mjs'
import { changes, record, recordPath, sizes } from './lib/size.mjs'
import { whenChanged } from './lib/stamp.mjs'
import { say, step } from './lib/step.mjs'
import { number, table } from './lib/table.mjs'
import { setup } from './setup.mjs'

/** What every part is built with; the artefacts also with what writes their glue. */
const tooling = ['package-lock.json']
const binding = ['glue', 'artefact', 'pins'].map((name) => `scripts/lib/${name}.mjs`)
const typescript = ['tsconfig.base.json', 'js/generated']

/** The parts, each built from the ones before it. */
const parts = {
  wasm: async (env) => {
    const reads = ['Cargo.toml', 'Cargo.lock', 'src', 'wasm-pack.toml', 'rust-toolchain.toml', ...binding, ...tooling]
    for (const artefact of (await plan()).artefact) {
      await build(`${artefact.name}.wasm`, { reads, writes: filesOf(artefact) }, () => buildArtefact(artefact, env))
    }
  },
  js: async (env) => {
    const reads = [
      'js/src',
      'js/package.json',
      'js/tsconfig.json',
      'scripts/lib/embedded.mjs',
      ...typescript,
      ...tooling,
    ]
    await build('package fader', { reads, writes: ['js/dist'] }, () => buildPackage(env))
    await weigh()
  },
  www: (env) => {
    const reads = ['www', 'examples', 'js/dist', ...typescript, ...tooling]
    const mend = 'See what Vite says above.'
    return build('pages', { reads, writes: ['www/dist'] }, () =>
      run('vite', ['build', '--logLevel', 'warn'], { env, mend, cwd: inRoot('www') }),
    )
  },
}

/** Builds what is out of date, and prints the sizes when something was. */
export async function buildAll(env, only = Object.keys(parts)) {
  await alone('build', async () => {
    for (const part of only) await parts[part](env)
  })
}

function build(name, files, work) {
  return whenChanged(name.replace(/\W/g, '-'), files, () => step(`build ${name}`, work))
}

async function buildPackage(env) {
  rmSync(inRoot('js', 'dist'), { recursive: true, force: true })
  await run('tsc', ['-p', 'js'], { env, mend: 'See what the compiler says above.' })
  await embedArtefacts(inRoot('js', 'dist', 'embedded'))
  const command = inRoot('js', 'dist', 'cli.js')
  chmodSync(command, 0o755)
  // npm links a package's command when it installs, and the file was not there yet.
  if (!existsSync(inRoot('node_modules', '.bin', 'fader')))
    await run('npm', ['rebuild', '--ignore-scripts', 'fader'], { env })
}

async function weigh() {
  const reads = ['wasm-pack.toml', recordPath, 'js/generated', 'js/dist', 'scripts/lib/size.mjs', ...tooling]
  await whenChanged('sizes', { reads, writes: [] }, async () => {
    const found = await sizes()
    const row = ({ name, raw, gzip, brotli, budget }) => [name, ...[raw, gzip, brotli, budget].map(number)]
    say(`\n${table(['bytes', 'raw', 'gzip', 'brotli', 'gzip budget'], found.map(row))}\n`)
    const grown = await changes()
    for (const [name, change] of Object.entries(grown)) say(`  ${name}: ${change}`)
    const over = found.filter(({ gzip, budget }) => gzip > budget).map(({ name }) => name)
    if (over.length === 0) return
    const since = (name) => (grown[name] ? ` (${grown[name]} since ${recordPath})` : '')
    const mend =
      'Find what made it grow; or raise the budget in wasm-pack.toml, and say in the change what the bytes buy.'
    throw new Failure(`Over its budget: ${over.map((name) => name + since(name)).join(', ')}`, { mend })
  })
}

function wanted(args) {
  const at = args.indexOf('--only')
  if (at < 0) return undefined
  const names = (args[at + 1] ?? '').split(',')
  if (names.every((name) => name in parts)) return names
  throw new Failure(`--only takes ${Object.keys(parts).join(', ')}, with commas between them.`)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const args = process.argv.slice(2)
    const env = await setup()
    if (args.includes('--record-sizes')) {
      await buildAll(env, ['wasm'])
      await record()
    }
    await buildAll(env, wanted(args))
    say('Everything is built.')
  })
}

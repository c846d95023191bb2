import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { buildAll } from './build.mjs'
import { Failure, main } from './lib/failure.mjs'
import { root } from './lib/paths.mjs'
import { say, step } from './lib/step.mjs'
import { report } from './report.mjs'
import { setup } from './setup.mjs'

/** Reads what `bench:edge`, `bench:browser` and `chaos` take: which parts, in which mode, and from which seed. */
export function measuring(args, parts) {
  const at = (name) => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? '') : undefined)
  const only = at('--only')?.split(',') ?? Object.keys(parts)
  if (!only.every((name) => Object.hasOwn(parts, name))) {
    throw new Failure(`--only takes ${Object.keys(parts).join(', ')}, with commas between them.`)
  }
  const seed = Number(at('--seed') ?? 1)
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Failure('--seed takes a whole number from 0.')
  return { only, seed, quick: args.includes('--quick') }
}

/**
 * The whole of a command that measures the worker in bare workerd. `parts` has for each name what it is in words, and
 * how to load it: what is only just built cannot be imported before.
 */
export async function measureEdge({ help, title, parts, check = () => undefined }) {
  await main(async () => {
    const args = process.argv.slice(2)
    if (args.includes('--help')) return say(help)
    const options = measuring(args, parts)
    const env = await setup()
    await buildAll(env, ['wasm', 'js', 'www'])
    await check()
    const { buildWorker } = await import('../benches/edge/build.mjs')
    const build = await step('bundle the worker', () => buildWorker(env))
    const measures = []
    for (const name of options.only) {
      const [words, load] = parts[name]
      const part = await load()
      measures.push(...(await step(words, () => part(build, options))))
    }
    saySetting(options)
    report(title, measures)
  })
  process.exit()
}

/** Says on what it was measured, and how to have the same again. */
export function saySetting({ seed, quick }) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim()
  const processor = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`
  say(`  commit ${commit}, Node ${process.versions.node}, ${processor}, seed ${seed}${quick ? ', quick' : ''}`)
}

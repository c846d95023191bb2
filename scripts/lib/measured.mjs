import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { Failure } from './failure.mjs'
import { root } from './paths.mjs'
import { say } from './step.mjs'

/** Reads what `bench:edge` and `chaos` take: which parts, in which mode, and from which seed. */
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

/** Says on what it was measured, and how to have the same again. */
export function saySetting({ seed, quick }) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim()
  const processor = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`
  say(`  commit ${commit}, Node ${process.versions.node}, ${processor}, seed ${seed}${quick ? ', quick' : ''}`)
}

import { performance } from 'node:perf_hooks'

/** With `--json` standard output belongs to the measures alone, so steps are told on standard error. */
const out = process.argv.includes('--json') ? process.stderr : process.stdout

export const say = (text = '') => out.write(`${text}\n`)

/**
 * Does one step of a command, and prints its name, how long it took, and how it went.
 * Gives what the work gives; `note` makes a few words of it.
 */
export async function step(title, work, note = () => '') {
  const began = performance.now()
  out.write(`  ${title} ${'.'.repeat(Math.max(2, 44 - title.length))} `)
  try {
    const result = await work()
    say(`${elapsed(began)}  ${note(result)}`.trimEnd())
    return result
  } catch (cause) {
    say(`${elapsed(began)}  FAILED`)
    throw cause
  }
}

export function elapsed(began) {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7)
}

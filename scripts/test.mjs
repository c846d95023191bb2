import { rmSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { buildAll } from './build.mjs'
import { attempt, keep } from './lib/command.mjs'
import { Failure, main } from './lib/failure.mjs'
import { elapsed, say, step } from './lib/step.mjs'
import { suites } from './lib/suites.mjs'
import { table } from './lib/table.mjs'
import { setup } from './setup.mjs'

const help = `npm test                    everything
npm test -- --only rust,js  some suites: ${Object.keys(suites).join(', ')}`

/** Nothing of ours takes so long: what does, hangs. */
const longestMs = 15 * 60_000

async function test(names) {
  const began = performance.now()
  const results = []
  const env = await stage(results, 'set-up', () => setup({ forTests: true }))
  if (env) {
    // The crate's own suite needs nothing that is built for JavaScript.
    if (names.some((name) => name !== 'rust')) await stage(results, 'build', () => buildAll(env))
    for (const name of names) {
      say(`\n${name}`)
      for (const one of suites[name]) results.push({ suite: name, ...(await runOne(one, env)) })
    }
  }
  summarise(results, began)
}

/** Set-up and build are no tests, but count as a failed one when they fail. */
async function stage(results, title, work) {
  try {
    return await work()
  } catch (cause) {
    say(`\n${reportOf(cause)}`)
    results.push({ suite: title, title, passed: 0, failed: 1, time: '' })
    return undefined
  }
}

async function runOne(one, env) {
  const began = performance.now()
  const result = await step(one.title, () => count(one, env), told).catch((cause) => {
    say(`\n${reportOf(cause)}\n`)
    return cause.result ?? { passed: 0, failed: 1 }
  })
  return { title: one.title, ...result, time: elapsed(began) }
}

const told = ({ passed }) => (passed > 1 ? `${passed} passed` : '')
const reportOf = (cause) => (cause instanceof Failure ? cause.report : cause.stack)

/** Runs one step. Throws what a person has to see when anything failed, with the counts. */
async function count({ title, command: [command, ...args], env: more, tally, counts, mend }, env) {
  if (counts) rmSync(counts, { force: true })
  const { code, output } = await attempt(command, args, { env: { ...env, ...more }, timeout: longestMs })
  const result = tally({ code, output })
  if (result.failed === 0) return result
  const log = keep(title, `$ ${[command, ...args].join(' ')}\n${output}`)
  const message = `${title}: ${result.passed} passed, ${result.failed} failed. The whole log is in ${log}`
  throw Object.assign(new Failure(message, { log: output, mend }), { result })
}

function summarise(results, began) {
  const rows = results.map(({ suite, title, passed, failed, time }) => [
    title,
    suite,
    passed,
    failed || '',
    time.trim(),
  ])
  say(`\n${table(['step', 'suite', 'passed', 'failed', 'time'], rows)}\n`)
  const total = (name) => results.reduce((sum, result) => sum + result[name], 0)
  say(`  in ${elapsed(began).trim()}`)
  say(`${total('passed')} passed, ${total('failed')} failed`)
  if (total('failed') > 0) process.exitCode = 1
}

function wanted(args) {
  const at = args.indexOf('--only')
  if (at < 0) return Object.keys(suites)
  const names = (args[at + 1] ?? '').split(',')
  if (names.every((name) => name in suites)) return names
  throw new Failure('There is no such suite.', { mend: `\n${help}` })
}

await main(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help')) say(help)
  else await test(wanted(args))
})

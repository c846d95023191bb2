import { readFileSync } from 'node:fs'
import { buildAll } from './build.mjs'
import { main } from './lib/failure.mjs'
import { inRoot } from './lib/paths.mjs'
import { say, step } from './lib/step.mjs'
import { report } from './report.mjs'
import { setup } from './setup.mjs'

const COUNT = 20_000
const NOW = Date.UTC(2026, 10, 21, 12)
const SIGMAS = 4

const help = `npm run parity [-- --json]

Evaluates the example shop's flags for ${COUNT} visitors natively, in Node, in workerd and in Chromium, and compares.
Also checks every percentage against what was drawn, and that raising one, or a ramp by a stage, moves nobody.

  --json   the measures as one JSON array, and nothing else on standard output
`

async function parity() {
  const env = await setup({ forTests: true })
  await buildAll(env, ['wasm', 'js'])
  // What was just built, and what was just installed, cannot be imported before.
  const { loadControl } = await import('fader')
  const { unpack } = await import('../tests/parity/answers.mjs')
  const { places } = await import('../tests/parity/places.mjs')
  const { raise } = await import('../tests/parity/raise.mjs')
  const { visitors } = await import('../examples/visitors.mjs')

  const text = readFileSync(inRoot('examples', 'storefront.json'), 'utf8')
  const control = await loadControl()
  const { snapshot, issues } = control.compile(text)
  if (issues.length > 0) throw new Error(`examples/storefront.json: ${issues[0].path}: ${issues[0].message}`)
  const lines = Array.from(visitors({ count: COUNT }), (visitor) => JSON.stringify(visitor))
  const input = { env, snapshot, visitors: lines.join('\n'), now: NOW }

  const answers = {}
  for (const [name, evaluate] of Object.entries(places)) {
    answers[name] = await step(`evaluate in ${name}`, async () => unpack(await evaluate(input)))
  }
  const contexts = lines.map((line) => JSON.parse(line))
  const raised = await step('raise every share', () => raise(control, JSON.parse(text), contexts, NOW))
  report('The same answer everywhere', [
    { measure: 'visitors', value: COUNT, unit: 'visitors', target: `= ${COUNT}` },
    ...agreement(answers, control.load(snapshot).flags),
    ...met(answers.native.given),
    ...shares(answers.native.draws),
    { measure: 'rules whose share was raised from 5 to 10 to 50 %', value: raised.rules, unit: 'rules', target: '> 0' },
    {
      measure: 'ramps that rose from their first stage to their last',
      value: raised.ramps,
      unit: 'ramps',
      target: '> 0',
    },
    { measure: 'visitors admitted before it was raised', value: raised.admitted, unit: 'visitors', target: '> 0' },
    { measure: 'of these, moved or sent away', value: raised.moved, unit: 'visitors', target: '= 0' },
  ])
}

/** Compares each place with the first, answer by answer. */
function agreement({ native, ...others }, flags) {
  const measures = [
    { measure: 'flags', value: flags.length, unit: 'flags', target: '>= 25' },
    { measure: 'evaluated natively', value: native.given.length, unit: 'answers', target: `= ${COUNT * flags.length}` },
    { measure: 'distinct answers', value: native.answers.length, unit: 'answers' },
  ]
  for (const [name, { given }] of Object.entries(others)) {
    const differing = native.given.flatMap((answer, at) => (answer === given[at] ? [] : [at]))
    for (const at of differing.slice(0, 3)) {
      say(`visitor ${Math.floor(at / flags.length)}: native ${native.given[at]}, ${name} ${given[at]}`)
    }
    measures.push(
      { measure: `evaluated in ${name}`, value: given.length, unit: 'answers', target: `= ${native.given.length}` },
      { measure: `differences of ${name}`, value: differing.length, unit: 'answers', target: '= 0' },
    )
  }
  return measures
}

/** The visitors must meet every kind of answer, or else agreement on it would say nothing. */
function met(given) {
  const kinds = {
    'for a treated unit': '"arm":"treated"',
    'for a control unit': '"arm":"control"',
    'for a unit outside of its ramp': '"arm":"outside"',
    'from an earlier assignment': '"reason":"CACHED"',
    'that a host should keep': '"sticky":true',
    'from a holdout': '"reason":"SPLIT"',
  }
  return Object.entries(kinds).map(([kind, part]) => {
    const isOne = (answer) => answer.includes(part) && (kind !== 'from a holdout' || !answer.includes('"rule"'))
    return { measure: `answers ${kind}`, value: given.filter(isOne).length, unit: 'answers', target: '> 0' }
  })
}

/** How far each share is from what it should be, in standard deviations of the binomial distribution. */
function shares(draws) {
  const distances = draws.map(({ units, hits, chance }) => {
    const sigma = Math.sqrt(units * chance * (1 - chance))
    // A share of nothing or of everything has no spread: it is met, or it is wrong.
    if (sigma === 0) return hits === units * chance ? 0 : Number.POSITIVE_INFINITY
    return Math.abs(hits - units * chance) / sigma
  })
  const worst = distances.indexOf(Math.max(...distances))
  const { flag, rule, what, units, hits } = draws[worst]
  say(`farthest from its share: ${what} of ${rule} in ${flag}, ${hits} of ${units} units`)
  return [
    { measure: 'shares of percentage rules', value: draws.length, unit: 'shares', target: '> 0' },
    { measure: 'units drawn', value: draws.reduce((sum, draw) => sum + draw.units, 0), unit: 'units' },
    { measure: 'farthest from its share', value: distances[worst], unit: 'sigma', target: `<= ${SIGMAS}` },
  ]
}

await main(async () => {
  if (process.argv.includes('--help')) return say(help)
  await parity()
})

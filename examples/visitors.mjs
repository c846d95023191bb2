/**
 * Visitors of the storefront, made up: the same seed gives the same visitors, in every JavaScript engine.
 * So there is no clock, no locale and no floating-point function here; fractions are whole numbers divided once.
 *
 *   node examples/visitors.mjs --count 20000 --seed 1 > visitors.jsonl
 */

import { ODDITIES } from './visitors/oddities.mjs'
import * as people from './visitors/people.mjs'

/** Of a hundred visitors, so many have something odd about them. */
const ODD_PERCENT = 30

/** The first visitors are the oldest customers: their short ids are those that the definition names. */
const OLDEST = 40

/** Yields `count` contexts, about seven in ten of them clean. A shorter run is the beginning of a longer one. */
export function* visitors({ seed = 1, count = 20000 } = {}) {
  const dice = makeDice(seed)
  for (let number = 1; number <= count; number += 1) {
    const visitor = makeVisitor(number, dice)
    if (number > OLDEST && dice.chance(ODD_PERCENT)) {
      for (let left = 1 + dice.below(3); left > 0; left -= 1) distort(visitor, dice.pick(ODDITIES), dice)
    }
    yield visitor
  }
}

/** Whole numbers by mulberry32, which needs nothing but 32-bit arithmetic. Source: Tommy Ettinger, public domain. */
function makeDice(seed) {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  // A product below 2⁵³, divided by a power of two, is exact.
  const below = (limit) => Math.floor((roll() * limit) / 2 ** 32)
  const pick = (list) => list[below(list.length)]
  return {
    roll,
    below,
    chance: (percent) => below(100) < percent,
    pick,
    pickFrom: (cell) => pick(cell.split(', ')),
    row: (table) => heavier(table, below(table.reduce((sum, [weight]) => sum + weight, 0))),
  }
}

function heavier(table, point) {
  let rest = point
  return table.find(([weight]) => {
    rest -= weight
    return rest < 0
  })
}

function makeVisitor(number, dice) {
  const [, country, languages, cities, names] = dice.row(people.COUNTRIES)
  const [, name, handle] = /^(.*) (.*)$/.exec(dice.pickFrom(names))
  const isKnown = number <= OLDEST || dice.chance(78)
  return {
    ...(isKnown && { userId: makeUserId(number, dice) }),
    sessionId: `s-${hex(dice)}${hex(dice)}`,
    ...makeDevice(number, dice),
    country,
    language: dice.pickFrom(languages),
    ...(dice.chance(60) && { name, city: dice.pickFrom(cities) }),
    signedIn: isKnown,
    ...(isKnown ? makeCustomer(number, handle, dice) : makeGuest(dice)),
    ...makeVisit(dice),
  }
}

function makeUserId(number, dice) {
  if (number <= OLDEST) return number % 4 === 0 ? 1000 + number : `u-${number}`
  const [, shape] = dice.row(people.ID_SHAPES)
  if (shape === 'uuid') return uuid(dice)
  if (shape === 'integer') return 100000 + number
  if (shape === 'large integer') return Number.MAX_SAFE_INTEGER - number
  return shape.replace('#', String(number))
}

function makeDevice(number, dice) {
  if (dice.below(200) === 0) {
    const named = dice.chance(10)
    const deviceId = named ? dice.row(people.KIOSKS)[1] : `kiosk-${number}`
    return { deviceId, platform: 'web', device: { model: `Storefront Kiosk ${1 + dice.below(3)}` } }
  }
  const [, platform, models] = dice.row(people.PLATFORMS)
  return {
    deviceId: dice.chance(50) ? `d-${hex(dice)}-${number}` : uuid(dice),
    platform,
    device: { model: dice.pickFrom(models) },
    ...(platform !== 'web' && { appVersion: dice.row(people.APP_VERSIONS)[1] }),
  }
}

function makeCustomer(number, handle, dice) {
  const isStaff = dice.chance(3)
  const isBusiness = !isStaff && dice.chance(14)
  const [, month] = dice.row(people.MONTHS)
  const isNew = month >= '2026-09'
  return {
    ...(dice.chance(92) && { email: makeEmail(number, handle, isStaff, dice) }),
    ...(isStaff ? { staff: true } : dice.chance(60) && { staff: false }),
    plan: isBusiness && dice.chance(45) ? 'pro' : dice.chance(18) ? 'plus' : 'free',
    ...(isBusiness && { orgId: makeOrgId(number, dice) }),
    ...(dice.chance(70) && { age: 14 + dice.below(38) + dice.below(38) }),
    ...(!(isNew && dice.chance(30)) && { orders: isNew ? dice.below(3) : dice.below(10) * (1 + dice.below(6)) }),
    ...(dice.chance(45) && { track: dice.row(people.TRACKS)[1] }),
    firstSeen: `${month}-${String(1 + dice.below(28)).padStart(2, '0')}`,
    ...(!isNew && dice.chance(75) && { lastOrder: dice.row(people.INSTANTS)[1] }),
    ...(dice.chance(15) && { [dice.pick(['renews', 'renewed'])]: dice.row(people.INSTANTS)[1] }),
    ...(dice.chance(30) && { lastSurvey: dice.row(people.INSTANTS)[1] }),
    // What the host remembers of earlier visits, and an experiment that is over.
    ...(dice.chance(25) && { $sticky: { 'basket-upsell': dice.row(people.ASSIGNMENTS)[1], 'old-banner': 'a' } }),
  }
}

function makeEmail(number, handle, isStaff, dice) {
  if (!isStaff) return `${handle}.${number}@${dice.row(people.MAIL_DOMAINS)[1]}`
  const [, team, domain] = dice.row(people.STAFF_MAIL)
  return `${team}${handle}@${domain}`
}

/** Two people of a company come one after the other; few companies are named in the definition. */
function makeOrgId(number, dice) {
  return dice.chance(4) ? dice.row(people.NAMED_COMPANIES)[1] : `o-${number - (number % 2)}`
}

function makeGuest(dice) {
  return {
    ...(dice.chance(12) && { firstSeen: '2026-11-20' }),
    ...(dice.chance(8) && { age: 16 + dice.below(60) }),
  }
}

function makeVisit(dice) {
  const items = dice.chance(35) ? 0 : 1 + dice.below(5) * dice.below(4)
  const lines = makeLines(items, dice)
  const cents = lines.reduce((sum, line) => sum + line.cents * line.quantity, 0)
  return {
    ip: dice.row(people.ADDRESSES)[1].replace('#', String(1 + dice.below(254))),
    basket: {
      total: cents / 100,
      items,
      // Cents first: a whole number divided by a hundred is the same double everywhere.
      lines: lines.map(({ category, cents, quantity }) => ({ category, price: cents / 100, quantity })),
    },
    ...(dice.chance(35) && { utm: { campaign: dice.row(people.CAMPAIGNS)[1] } }),
    ...(dice.chance(40) && { interests: makeInterests(dice) }),
    ...(dice.chance(12) && { voucher: dice.row(people.VOUCHERS)[1] }),
  }
}

function makeLines(items, dice) {
  const lines = []
  for (let left = items; left > 0; left -= lines.at(-1).quantity) {
    const cents = 490 + dice.below(9000) + (dice.below(20) === 0 ? 30000 : 0)
    lines.push({ category: dice.pick(people.CATEGORIES), cents, quantity: 1 + dice.below(left) })
  }
  return lines
}

function makeInterests(dice) {
  return Array.from({ length: dice.below(5) }, () => dice.row(people.INTERESTS)[1])
}

function hex(dice) {
  return dice.roll().toString(16).padStart(8, '0')
}

function uuid(dice) {
  const digits = hex(dice) + hex(dice) + hex(dice) + hex(dice)
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20),
  ]
  return parts.join('-')
}

/** Makes a visitor odd, as an entry of the table says. */
function distort(visitor, oddity, dice) {
  if (oddity.without) return remove(visitor, oddity.without)
  if (oddity.attribute) return put(visitor, oddity.attribute, dice.pick(oddity.values))
  if (oddity.flat) return flatten(visitor, oddity, dice)
  for (const [name, value] of Object.entries(dice.pick(oddity.extra))) define(visitor, name, value)
}

function remove(visitor, path) {
  const { owner, name } = place(visitor, path)
  delete owner[name]
}

function put(visitor, path, value) {
  const { owner, name } = place(visitor, path)
  define(owner, name, value)
}

function flatten(visitor, { flat, keep, values }, dice) {
  const { owner, name } = place(visitor, flat)
  define(visitor, flat, values ? dice.pick(values) : (owner[name] ?? null))
  if (!keep) delete owner[name]
}

/** Finds the object that a path ends in, and makes one where there is none or something else. */
function place(visitor, path) {
  const [first, second] = path.split('.')
  if (second === undefined) return { owner: visitor, name: first }
  const found = visitor[first]
  const owner = typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {}
  // A copy, for what a table holds is shared by all visitors.
  visitor[first] = { ...owner }
  return { owner: visitor[first], name: second }
}

/** An own property whatever its name: assigning to `__proto__` would make none. */
function define(owner, name, value) {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true })
}

const HELP = `Writes visitors of the storefront to standard output, one JSON object a line.

  node examples/visitors.mjs [--count N] [--seed N]

  --count N   how many; 20000 by default
  --seed N    which ones, 0 to 4294967295; 1 by default
  --help      this text
`

function readNumber(name, text) {
  const number = Number(text)
  if (/^\d{1,10}$/.test(text ?? '') && number < 2 ** 32) return number
  throw new Error(
    `--${name} takes a whole number from 0 to 4294967295, not ${text === undefined ? 'nothing' : `"${text}"`}`,
  )
}

function readArguments(words) {
  const options = { seed: 1, count: 20000 }
  for (let at = 0; at < words.length; at += 1) {
    const [, name, , inline] = /^--(count|seed)(=(.*))?$/s.exec(words[at]) ?? []
    if (words[at] === '--help' || words[at] === '-h') return undefined
    if (name === undefined) throw new Error(`"${words[at]}" is no option; see --help`)
    if (inline === undefined) at += 1
    options[name] = readNumber(name, inline ?? words[at])
  }
  return options
}

async function write(process, lines) {
  process.stdout.on('error', (error) => {
    // Whoever reads may have had enough, such as `head`: that is no failure.
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`visitors: cannot write: ${error.message}\n`)
    process.exit(1)
  })
  for (const line of lines) {
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
}

function* lines(options) {
  for (const visitor of visitors(options)) yield `${JSON.stringify(visitor)}\n`
}

async function run(process) {
  try {
    const options = readArguments(process.argv.slice(2))
    await write(process, options === undefined ? [HELP] : lines(options))
  } catch (error) {
    process.stderr.write(`visitors: ${error.message}\n`)
    process.exitCode = 2
  }
}

/** True when Node was asked to run this very file; pages and workers import it, and have no arguments. */
function isCommand(process) {
  const started = process?.argv?.[1]?.split(/[\\/]/).at(-1)
  return started === 'visitors.mjs' && started === import.meta.url.split('/').at(-1)
}

if (isCommand(globalThis.process)) void run(globalThis.process)

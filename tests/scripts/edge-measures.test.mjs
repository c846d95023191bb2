import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindOf } from '../../benches/edge/build.mjs'
import { configOf } from '../../benches/edge/config.mjs'
import { bodies, storefront } from '../../benches/edge/definition.mjs'
import { startKv } from '../../benches/edge/kv.mjs'
import { unwanted } from '../../benches/edge/load.mjs'
import { busiest, quantile, random, spread, told } from '../../benches/edge/quantile.mjs'
import { fromWire, toWire } from '../../benches/edge/workers/wire.js'
import { measuring } from '../../scripts/measured.mjs'
import { VirtualTime } from '../chaos/virtual-time.mjs'
import { Watch } from '../chaos/watch.mjs'

test('a quantile is the least value that enough of them do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1)
  for (const [share, value] of [
    [0.5, 50],
    [0.9, 90],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
    [0, 1],
  ]) {
    assert.equal(quantile(hundred, share), value, `${share}`)
  }
  assert.equal(quantile([7], 0.99), 7)
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('a spread sorts numbers as numbers, and leaves what it was given alone', () => {
  const values = [10, 9, 2, 1000]
  assert.deepEqual(spread(values), { count: 4, p50: 9, p90: 1000, p99: 1000, max: 1000 })
  assert.deepEqual(values, [10, 9, 2, 1000])
})

test('a target stands beside the quantile that it is about', () => {
  const measures = told('late', [1, 2], { targets: { p99: '<= 5' } })
  const targets = measures.filter(({ target }) => target !== undefined)
  assert.deepEqual(targets, [{ measure: 'late: p99', value: 2, unit: 'ms', target: '<= 5' }])
})

test('the busiest second is any second, and not one of the clock', () => {
  assert.equal(busiest([900, 950, 1000, 1050, 3000], 1000), 4)
  assert.equal(busiest([0, 1000, 2000], 1000), 1)
  assert.equal(busiest([0, 999], 1000), 2)
  assert.equal(busiest([], 1000), 0)
})

test('the same seed gives the same numbers, and another one others', () => {
  const draw = (seed) => Array.from({ length: 5 }, random(seed))
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.ok(draw(7).every((value) => value >= 0 && value < 1))
})

test('what is no 200 is not wanted', () => {
  assert.equal(unwanted({ 200: 5, 503: 2, 0: 1 }), 3)
  assert.equal(
    unwanted({ 200: 5, 404: 2 }, (status) => status < 500),
    0,
  )
})

test('a command takes parts, a seed and a mode', () => {
  const parts = { one: 1, other: 2 }
  assert.deepEqual(measuring([], parts), { only: ['one', 'other'], seed: 1, quick: false })
  assert.deepEqual(measuring(['--only', 'other', '--quick', '--seed', '7'], parts), {
    only: ['other'],
    seed: 7,
    quick: true,
  })
  assert.throws(() => measuring(['--only', 'toString'], parts), /--only takes one, other/)
  assert.throws(() => measuring(['--only'], parts), /--only takes/)
  assert.throws(() => measuring(['--seed', 'x'], parts), /--seed takes/)
})

test('350 flags are revealed, and each requires only what is there', () => {
  const { flags } = storefront(350, 1)
  const all = Object.values(flags)
  assert.equal(all.length, 350)
  assert.ok(all.every(({ reveal }) => reveal === 'rule' || reveal === 'value'))
  assert.ok(all.every(({ requires = {} }) => Object.keys(requires).every((key) => key in flags)))
  assert.deepEqual(storefront(350, 1), storefront(350, 1))
  assert.notDeepEqual(storefront(350, 1), storefront(350, 2))
  assert.equal(new Set(bodies(100, 1)).size, 100)
})

test('files of a bundle are what workerd takes them for', () => {
  const kinds = ['index.js', 'a-engine.wasm', 'b-bundle.bin', 'README.md', 'index.js.map'].map(kindOf)
  assert.deepEqual(kinds, ['esModule', 'wasm', 'data', undefined, undefined])
})

test('a configuration quotes what it is given', () => {
  const services = [{ name: 'one', modules: ['a.js'], date: '2026-10-20', bindings: [['KEY', 'text', '{"a":"b"}']] }]
  const text = configOf({ services, sockets: ['one', { name: 'one', port: 8080 }] })
  assert.match(text, /bindings = \[\n {4}\(name = "KEY", text = "\{\\"a\\":\\"b\\"\}"\)/)
  assert.match(text, /address = "127.0.0.1:0"/)
  assert.match(text, /address = "127.0.0.1:8080"/)
})

test('bytes cross the wire between two processes, at any depth', () => {
  const value = { bytes: new Uint8Array([0, 255, 7]), list: [{ bytes: new Uint8Array() }], none: null, text: 'a' }
  assert.deepEqual(fromWire(toWire(value)), value)
})

test('a reader that shows an older revision, or takes a kill back, is found out', async () => {
  const seen = { revision: 2, isKilled: false }
  const watch = new Watch([{ name: 'one', observe: async () => ({ ...seen }) }], { flag: 'a', intervalMs: 1 })
  assert.deepEqual((await watch.until(false, 1000)).missing, [])
  watch.look('a')
  Object.assign(seen, { revision: 3, isKilled: true })
  assert.deepEqual((await watch.until(true, 1000)).missing, [])
  assert.deepEqual(watch.faults, { wentBack: 0, revived: 0, unanswered: 0 })
  Object.assign(seen, { revision: 2, isKilled: false })
  await watch.until(false, 1000)
  await watch.stop()
  assert.equal(watch.faults.wentBack, 1)
  assert.ok(watch.faults.revived >= 1)
})

test('a reader that is never reached is named, and one that does not answer is counted', async () => {
  const readers = [
    { name: 'fast', observe: async () => ({ revision: 1, isKilled: true }) },
    { name: 'slow', observe: async () => ({ revision: 1, isKilled: false }) },
    { name: 'dumb', observe: async () => undefined },
  ]
  const watch = new Watch(readers, { flag: 'a', intervalMs: 1 })
  const { missing } = await watch.until(true, 100)
  await watch.stop()
  assert.deepEqual(missing, ['slow', 'dumb'])
  assert.ok(watch.faults.unanswered > 0)
})

test('virtual time runs timers in their order, and at their time', async () => {
  const time = new VirtualTime(1)
  const restore = time.install()
  const ran = []
  try {
    setTimeout(() => ran.push(['late', Date.now()]), 60_000)
    setTimeout(() => {
      ran.push(['early', Date.now()])
      setTimeout(() => ran.push(['then', Date.now()]), 500)
    }, 1_000)
    clearTimeout(setTimeout(() => ran.push(['never']), 2_000))
    await time.until(50_000)
    assert.deepEqual(ran, [
      ['early', 1_000],
      ['then', 1_500],
    ])
    await time.until(60_000)
  } finally {
    restore()
  }
  assert.deepEqual(ran.at(-1), ['late', 60_000])
  assert.ok(Date.now() > 1e12)
})

test('a KV that lags shows what was written only later', async () => {
  const kv = await startKv()
  const at = `http://${kv.address}/a%2Fb`
  try {
    kv.weather.lagMs = 150
    await fetch(at, { method: 'PUT', body: 'one' })
    assert.equal((await fetch(at)).status, 404)
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.equal(await (await fetch(at)).text(), 'one')
    kv.weather.isDown = true
    await assert.rejects(fetch(at))
    kv.weather.isDown = false
    await fetch(at, { method: 'DELETE' })
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.equal((await fetch(at)).status, 404)
  } finally {
    await kv.stop()
  }
})

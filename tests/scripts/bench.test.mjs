import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRollout, checkTargeted } from '../../benches/checks.mjs'
import { closures } from '../../benches/contestants/closures.mjs'
import { murmur3, murmur3OfBytes } from '../../benches/contestants/murmur3.mjs'
import { median, times } from '../../benches/rounds.mjs'
import { rolloutFlag, targetedFlag, versionNumber, visitors } from '../../benches/work.mjs'

test('murmur3 gives the published vectors', () => {
  const vectors = [
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['abc', 0, 0xb3dd93fa],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ]
  for (const [text, seed, hash] of vectors) assert.equal(murmur3(text, seed), hash, text)
})

test('murmur3 of a text is that of its UTF-8', () => {
  for (const text of [
    'ß',
    'aß',
    'abß',
    'abcß',
    'abcdß',
    '用户-42',
    '🙂🙂',
    'a🙂',
    '\u007f',
    '\u0080',
    'é'.repeat(33),
  ]) {
    assert.equal(murmur3(text, 7), murmur3OfBytes(new TextEncoder().encode(text), 7), text)
  }
})

const crowd = visitors(10_000)

test('the rules compiled by hand do the work', async () => {
  const { name } = closures
  const rollout = { name, evaluate: closures.load([rolloutFlag]).one(rolloutFlag.key), contexts: crowd }
  await checkRollout({ ...rollout, percent: rolloutFlag.percent })
  const evaluate = closures.load([targetedFlag]).one(targetedFlag.key)
  await checkTargeted({ name, evaluate, contexts: crowd, visitors: crowd, flag: targetedFlag })
})

test('who does not do the work is found out', async () => {
  const rollout = (evaluate) => checkRollout({ name: 'x', evaluate, contexts: crowd, percent: 20 })
  await assert.rejects(
    rollout(() => true),
    /gave rollout to 10000 of 10000, not to 20 %/,
  )
  await assert.rejects(
    rollout(() => undefined),
    /gave undefined for a rollout/,
  )
  let turn = 0
  await assert.rejects(
    rollout(() => turn++ < crowd.length / 5),
    /changed its mind/,
  )
  const targeted = (evaluate) =>
    checkTargeted({ name: 'x', evaluate, contexts: crowd, visitors: crowd, flag: targetedFlag })
  await assert.rejects(
    targeted(() => 'control'),
    /gave control for (red|gold|grey)/,
  )
})

test('a contestant is measured, awaited or not', async () => {
  const contexts = [1, 2, 3]
  const seen = { sync: new Set(), async: new Set() }
  const found = await times(
    [
      { name: 'sync', evaluate: (context) => seen.sync.add(context), contexts },
      { name: 'async', evaluate: async (context) => seen.async.add(context), contexts, isAsync: true },
    ],
    { rounds: 2, roundMs: 0.1 },
  )
  assert.deepEqual([...found.keys()], ['sync', 'async'])
  assert.deepEqual([...seen.sync], contexts)
  assert.deepEqual([...seen.async], contexts)
})

test('medians and versions', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.ok(versionNumber('10.0.0') > versionNumber('9.11.29'))
})

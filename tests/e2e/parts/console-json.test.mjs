import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseIssuePath } from '../../../www/console/src/json/issue-path.ts'
import { locate } from '../../../www/console/src/json/locate.ts'
import { setState } from '../../../www/console/src/json/set-state.ts'
import { phraseOf } from '../../../www/console/src/rule-phrase.ts'
import { storefront } from '../stage.mjs'

const found = (text, path) => {
  const span = locate(text, parseIssuePath(path))
  return span && text.slice(span.start, span.end)
}

for (const [path, steps] of [
  ['', []],
  ['flags.checkout.rules[2].split', ['flags', 'checkout', 'rules', 2, 'split']],
  ['flags["a.b"].variants["x \\"y\\""]', ['flags', 'a.b', 'variants', 'x "y"']],
  ['flags[""]', ['flags', '']],
  ['segments["ключ"].where.all[0].not', ['segments', 'ключ', 'where', 'all', 0, 'not']],
]) {
  test(`the path ${path || 'of nothing'} has its steps`, () => assert.deepEqual(parseIssuePath(path), steps))
}

test('a path is found where it is', () => {
  const text = '{ "flags": { "a.b": { "rules": [ {"x": "]}\\"" }, { "split": {"on": -1} } ] } } }'
  assert.equal(found(text, 'flags["a.b"].rules[1].split.on'), '-1')
  assert.equal(found(text, 'flags["a.b"].rules[0].x'), '"]}\\""')
})

test('what is missing is shown by what is around it', () => {
  const text = '{"flags": {"a": {"type": "boolean"}}}'
  assert.equal(found(text, 'flags.a.safe'), '{"type": "boolean"}')
  assert.equal(found(text, 'flags.a.type.deeper[3]'), '"boolean"')
})

test('what is no JSON has no places', () => assert.equal(found('{"a": ', 'a'), undefined))

test('every flag of the storefront is found by its key', () => {
  for (const [key, flag] of Object.entries(JSON.parse(storefront).flags)) {
    assert.deepEqual(JSON.parse(found(storefront, `flags.${key}`)), flag)
  }
})

test('a state that is there is replaced, and nothing else', () => {
  const text = '{"flags": {"b": {"state" : "on" , "split": {"20": 1, "10": 1}}, "a": {"state":"on"}}}'
  const expected = '{"flags": {"b": {"state" : "killed" , "split": {"20": 1, "10": 1}}, "a": {"state":"on"}}}'
  assert.equal(setState(text, 'b', 'killed'), expected)
})

test('a state that is not there is added as the rest is spaced', () => {
  assert.equal(
    setState('{"flags": {"a": {"safe": "x"}}}', 'a', 'off'),
    '{"flags": {"a": {"state": "off", "safe": "x"}}}',
  )
  assert.equal(
    setState('{"flags":{"a":{\n  "x": 1\n}}}', 'a', 'off'),
    '{"flags":{"a":{\n  "state": "off",\n  "x": 1\n}}}',
  )
  assert.equal(setState('{"flags":{"a":{}}}', 'a', 'off'), '{"flags":{"a":{"state": "off"}}}')
})

test('the state of a flag that is not there is not set', () => {
  assert.throws(() => setState('{"flags": {"a": {}}}', 'b', 'off'), /no flag b/)
  assert.throws(() => setState('{}', 'flags', 'off'), /no flag/)
})

test('a nested member of the same name stays', () => {
  const text = '{"flags": {"a": {"variants": {"state": {"state": "on"}}, "state": "on"}}}'
  assert.equal(setState(text, 'a', 'off'), '{"flags": {"a": {"variants": {"state": {"state": "on"}}, "state": "off"}}}')
})

test('rules have a short phrase', () => {
  const { flags } = JSON.parse(storefront)
  assert.equal(phraseOf(flags['search-ranking']), 'staff → v2, beta → v1, 60 % of public split 50:25:25, else existing')
  assert.equal(phraseOf(flags['reviews-service']), 'always on')
  assert.match(phraseOf(flags['payment-methods']), /, 2 more, else everywhere$/)
  assert.match(phraseOf(flags['reorder-list']), /^rule-1 → on, rule-2 → off/)
  assert.equal(phraseOf({ rules: [null, 7, {}], safe: 3 }), '?, ?, rule-3, else 3')
})

test('ramps, requirements, holdouts and sticky flags are named in the phrase', () => {
  const { flags } = JSON.parse(storefront)
  assert.equal(phraseOf(flags['search-service']), 'too-old → off, public at stage 5 of 7 (25 %) → on, else off')
  assert.equal(phraseOf(flags['parcel-lockers']), 'fits at stage 2 of 4 (insiders) → on, else off')
  assert.match(
    phraseOf(flags['one-click-order']),
    /^needs saved-cards and order-service, holdout autumn, wallets → none/,
  )
  assert.match(phraseOf(flags['basket-upsell']), /^holdout autumn, sticky, kiosks → nothing/)
  const odd = { rules: [{ id: 'a', serve: 'x' }], safe: 'x', requires: 7, holdout: [], sticky: 'yes' }
  assert.equal(phraseOf({ ...odd, ramp: { rule: 'a' } }), 'a at no stage of 0 → x, else x')
  assert.equal(phraseOf({ ...odd, ramp: { rule: 'a', stage: 3, stages: [null] } }), 'a at stage 4 of 1 (?) → x, else x')
})

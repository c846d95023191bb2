import assert from 'node:assert/strict'
import { test } from 'node:test'
import { products } from '../../../www/shop/src/catalogue/products.ts'
import { distanceIsOne } from '../../../www/shop/src/search/distance.ts'
import { rankings, search } from '../../../www/shop/src/search/rankings.ts'
import { suggest } from '../../../www/shop/src/search/suggest.ts'

const names = (query, ranking) => search(query, ranking).map(({ id }) => id)

test('the existing one finds what stands in the name, by the alphabet', () => {
  assert.deepEqual(names('lamp', 'existing'), ['hven-table-lamp', 'kulla-pendant', 'skagen-floor-lamp'])
  assert.deepEqual(names('vaffel', 'existing'), ['vaffel-towel'])
  assert.deepEqual(names('wool sofa', 'existing'), [])
})

test('v1 looks into every field, and orders by what is bought', () => {
  const found = search('wool', 'v1')
  assert.ok(found.length > names('wool', 'existing').length)
  assert.deepEqual(
    found,
    found.toSorted((a, b) => b.sold - a.sold),
  )
})

test('v2 forgives a slip, knows other words for it, and puts what is sold out last', () => {
  assert.equal(names('keettle', 'v2')[0], 'glimmer-kettle')
  assert.deepEqual(names('keettle', 'v1'), [])
  assert.equal(names('blankets', 'v2')[0], 'vinter-wool-throw')
  assert.equal(names('lamp', 'v2').at(-1), 'lykta-lantern')
})

for (const ranking of Object.keys(rankings)) {
  test(`${ranking} finds nothing for nothing, and never fails`, () => {
    for (const query of ['', '   ', '!!', '(', '__proto__', 'constructor', '佐藤', 'a'.repeat(5000)]) {
      assert.ok(search(query, ranking).length < products.length, query)
    }
    assert.deepEqual(search('', ranking), [])
  })
}

for (const [a, b, near] of [
  ['kettle', 'ketle', true],
  ['kettle', 'kettlle', true],
  ['kettle', 'kettel', true],
  ['kettle', 'kottle', true],
  ['kettle', 'kettle', false],
  ['kettle', 'kotle', false],
  ['mug', 'rug', false],
]) {
  test(`${a} and ${b} are ${near ? '' : 'not '}a slip apart`, () => {
    assert.equal(distanceIsOne(a, b), near)
    assert.equal(distanceIsOne(b, a), near)
  })
}

test('there are as many suggestions as the flag says', () => {
  assert.equal(suggest('s', 5).length, 5)
  assert.ok(suggest('s', 8).length > 5)
  assert.deepEqual(suggest(' ', 5), [])
})

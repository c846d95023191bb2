import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_OF_ONE, quantityOf, readBasket, totalsOf, withQuantity } from '../../../www/shop/src/basket.ts'
import { hrefOf, parseRoute } from '../../../www/shop/src/route.ts'

const mugs = (quantity) => [{ id: 'ryd-mug', quantity }]

test('a basket takes, changes and gives back', () => {
  const basket = withQuantity(withQuantity([], 'ryd-mug', 2), 'lin-cushion', 1)
  assert.equal(quantityOf(basket, 'ryd-mug'), 2)
  assert.deepEqual(withQuantity(basket, 'lin-cushion', 0), mugs(2))
  assert.equal(quantityOf(withQuantity(basket, 'ryd-mug', 99), 'ryd-mug'), MOST_OF_ONE)
})

test('delivery is free from the threshold on', () => {
  assert.deepEqual(totalsOf(mugs(2), 49), { subtotal: 48, delivery: 6, total: 54, missing: 1 })
  assert.deepEqual(totalsOf(mugs(2), 48), { subtotal: 48, delivery: 0, total: 48, missing: 0 })
  assert.deepEqual(totalsOf(mugs(1), 0), { subtotal: 24, delivery: 0, total: 24, missing: 0 })
})

test('what a former visit stored is not trusted', () => {
  assert.equal(readBasket('x'), undefined)
  const stored = [
    null,
    7,
    { id: 'no-such' },
    { id: 'ryd-mug', quantity: -1 },
    { id: 'ryd-mug', quantity: 1.5 },
    ...mugs(3),
  ]
  assert.deepEqual(readBasket(stored), mugs(3))
})

for (const route of [
  { page: 'home' },
  { page: 'category', category: 'lighting' },
  { page: 'product', id: 'ryd-mug' },
  { page: 'search', query: 'wool & 100 % / ?#ø' },
  { page: 'checkout' },
  { page: 'journal' },
  { page: 'post', id: 'post-oak' },
]) {
  test(`the address ${hrefOf(route)} leads back`, () => assert.deepEqual(parseRoute(hrefOf(route)), route))
}

test('an address that nobody made is a missing page', () => {
  for (const hash of ['#/nowhere', '#/category/cars', '#/checkout/x'])
    assert.deepEqual(parseRoute(hash), { page: 'missing' })
  assert.deepEqual(parseRoute('#/search/%E0%A4%A'), { page: 'search', query: '%E0%A4%A' })
})

import type { Address, Visitor } from './visitor.ts'

/** What is filled in at the checkout, old or new. */
export interface Order {
  readonly address: Address
  readonly delivery: 'home' | 'point'
  readonly payment: string
  readonly giftWrapped: boolean
}

export const orderOf = (visitor: Visitor): Order => ({
  address: visitor.address,
  delivery: 'home',
  payment: '',
  giftWrapped: false,
})

const paymentNames: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['card', ['Card', 'Visa, Mastercard, Amex']],
  ['paypal', ['PayPal', 'You are sent there and back']],
  ['swish', ['Swish', 'With your phone']],
  ['klarna', ['Klarna', 'Now, or in thirty days']],
  ['vipps', ['Vipps', 'With your phone']],
  ['ideal', ['iDEAL', 'With your bank']],
  ['sepa', ['Direct debit', 'From your account']],
  ['invoice', ['Invoice', 'Within thirty days']],
  ['konbini', ['Konbini', 'Cash, at the corner']],
])

export const paymentOptions = (methods: readonly string[]) =>
  methods.map((id) => {
    const [title, text] = paymentNames.get(id) ?? [id, '']
    return { id, title, text }
  })

/** The way of paying that is marked: the chosen one, as long as it is offered. */
export const paymentOf = (order: Order, methods: readonly string[]): string =>
  methods.includes(order.payment) ? order.payment : (methods[0] ?? '')

export const deliveryOptions = (promise: string) => [
  { id: 'home', title: 'To your door', text: promise },
  { id: 'point', title: 'To a parcel point', text: 'Near you, open late' },
]

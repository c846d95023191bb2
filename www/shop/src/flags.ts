import type { Value } from 'fader'
import { isRankingName, type RankingName } from './search/rankings.ts'

/** A flag as this shop knows it: its key, its value as long as there is no answer, and how a value is read. */
export interface Flag<T> {
  readonly key: string
  readonly fallback: Value
  /** What the fallback is, read. */
  readonly safe: T
  /** Gives nothing for a value that this page cannot use: then the safe one holds. */
  readonly read: (value: Value) => T | undefined
}

export interface Banner {
  readonly title: string
  readonly text: string
  readonly tone: 'calm' | 'warm' | 'loud'
}

export interface DeliveryPromise {
  readonly text: string
  readonly emphasis: boolean
}

function flag<T>(key: string, fallback: Value, read: Flag<T>['read']): Flag<T> {
  const safe = read(fallback)
  if (safe === undefined) throw new Error(`the fallback of ${key} cannot be used`)
  return { key, fallback, safe, read }
}

const boolean = (value: Value) => (typeof value === 'boolean' ? value : undefined)
const amount = (value: Value) => (typeof value === 'number' && value >= 0 ? value : undefined)
const count = (value: Value) => (typeof value === 'number' && value >= 1 ? Math.floor(value) : undefined)
const oneOf =
  <const T extends string>(...names: readonly T[]) =>
  (value: Value): T | undefined =>
    names.find((name) => name === value)

/** Every flag that this shop asks for. */
export const flags = {
  banner: flag<Banner>(
    'storefront-banner',
    { title: 'Welcome', text: 'Things that last, sent from Malmö.', tone: 'calm' },
    readBanner,
  ),
  ranking: flag<RankingName>('search-ranking', 'existing', (value) => (isRankingName(value) ? value : undefined)),
  suggestions: flag('search-suggestions', 5, count),
  relatedPosts: flag('related-posts', false, boolean),
  reviews: flag('reviews-service', false, boolean),
  newCheckout: flag('new-checkout', false, boolean),
  freeDeliveryFrom: flag('free-delivery-from', 49, amount),
  deliveryPromise: flag<DeliveryPromise>(
    'delivery-promise',
    { text: 'With you in 3 to 5 working days', emphasis: false },
    readPromise,
  ),
  payments: flag('payment-methods', { methods: ['card', 'paypal'] }, readPayments),
  expressPay: flag('express-pay', 'none', oneOf('none', 'apple', 'google')),
  giftWrapping: flag('gift-wrapping', false, boolean),
  appUpdate: flag('app-update', 'none', oneOf('none', 'suggest', 'insist')),
}

export const shopFlags: ReadonlySet<string> = new Set(Object.values(flags).map(({ key }) => key))

function readBanner(value: Value): Banner | undefined {
  if (!isRecord(value) || typeof value.title !== 'string' || typeof value.text !== 'string') return undefined
  const tone = oneOf('calm', 'warm', 'loud')(String(value.tone)) ?? 'calm'
  return { title: value.title, text: value.text, tone }
}

function readPromise(value: Value): DeliveryPromise | undefined {
  if (!isRecord(value) || typeof value.text !== 'string') return undefined
  return { text: value.text, emphasis: value.emphasis === true }
}

function readPayments(value: Value): readonly string[] | undefined {
  if (!isRecord(value) || !Array.isArray(value.methods)) return undefined
  const methods = value.methods.filter((method) => typeof method === 'string')
  return methods.length > 0 ? methods : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

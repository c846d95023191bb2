import type { Client, Value } from 'fader'
import { useMemo, useSyncExternalStore } from 'react'
import { type Features, type Flag, flags } from '../flags.ts'

/** The answers that came with the page, by the keys of their flags. */
export type FirstAnswers = ReadonlyMap<string, Value>

/**
 * What the flags say now. The component renders again when an answer changes, and only then.
 *
 * Until the client has its first snapshot, the answers that came with the page hold.
 */
export function useFeatures(client: Client, first: FirstAnswers): Features {
  const source = useMemo(() => createSource(client, first), [client, first])
  return useSyncExternalStore(source.subscribe, source.read)
}

/** React compares by identity, so the features must be the same object for as long as every value is. */
function createSource(client: Client, first: FirstAnswers) {
  const all = Object.entries(flags)
  const current = (key: string): Value | null =>
    client.revision === undefined ? (first.get(key) ?? null) : client.outcome(key).value
  let seen: readonly unknown[] = []
  let features: Features | undefined
  return {
    subscribe: (listener: () => void) => client.subscribe(listener),
    read(): Features {
      const values = all.map(([, { key }]) => current(key))
      if (features === undefined || values.some((value, index) => value !== seen[index])) {
        seen = values
        features = featuresOf(current)
      }
      return features
    },
  }
}

function featuresOf(current: (key: string) => Value | null): Features {
  const answer = <T>({ key, safe, read }: Flag<T>): T => {
    const value = current(key)
    return value === null ? safe : (read(value) ?? safe)
  }
  return {
    banner: answer(flags.banner),
    ranking: answer(flags.ranking),
    suggestions: answer(flags.suggestions),
    relatedPosts: answer(flags.relatedPosts),
    reviews: answer(flags.reviews),
    newCheckout: answer(flags.newCheckout),
    freeDeliveryFrom: answer(flags.freeDeliveryFrom),
    deliveryPromise: answer(flags.deliveryPromise),
    payments: answer(flags.payments),
    expressPay: answer(flags.expressPay),
    giftWrapping: answer(flags.giftWrapping),
    appUpdate: answer(flags.appUpdate),
  }
}

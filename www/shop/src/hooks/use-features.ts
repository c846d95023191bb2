import type { Client } from 'fader'
import { useMemo, useSyncExternalStore } from 'react'
import { type Features, type Flag, flags } from '../flags.ts'

/** What the flags say now. The component renders again when an answer changes, and only then. */
export function useFeatures(client: Client): Features {
  const source = useMemo(() => createSource(client), [client])
  return useSyncExternalStore(source.subscribe, source.read)
}

/** React compares by identity, so the features must be the same object for as long as every value is. */
function createSource(client: Client) {
  const all = Object.entries(flags)
  let seen: readonly unknown[] = []
  let features: Features | undefined
  return {
    subscribe: (listener: () => void) => client.subscribe(listener),
    read(): Features {
      const values = all.map(([, { key }]) => client.outcome(key).value)
      if (features === undefined || values.some((value, index) => value !== seen[index])) {
        seen = values
        features = featuresOf(client)
      }
      return features
    },
  }
}

function featuresOf(client: Client): Features {
  const answer = <T>({ key, safe, read }: Flag<T>): T => {
    const { value } = client.outcome(key)
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

import { closures } from './contestants/closures.mjs'
import { eppo } from './contestants/eppo.mjs'
import { fader } from './contestants/fader.mjs'
import { flagd } from './contestants/flagd.mjs'
import { flipt } from './contestants/flipt.mjs'
import { growthbook } from './contestants/growthbook.mjs'
import { launchdarkly } from './contestants/launchdarkly.mjs'
import { unleash } from './contestants/unleash.mjs'

/*
 * A contestant is
 *   translate(flags)   what its own service would send for them; JSON, but for the closures
 *   publish(text)      Fader only: what is done once, at publish
 *   context(visitor)   the visitor in its shape
 *   load(bytes)        gives or promises `{ one(key, kind), all, valueIn(all, key), close? }`
 *   isAsync            its evaluations are promises
 */

export const peers = [flagd, growthbook, eppo, unleash, launchdarkly, flipt]
export const everybody = [fader, closures, ...peers]
export { closures, fader }

/** What travels for these flags: the published snapshot, or the text that the peer's service sends. */
export function payload(contestant, flags) {
  const translated = contestant.translate(flags)
  if (contestant.publish) return contestant.publish(translated)
  return typeof translated === 'string' ? Buffer.from(translated) : translated
}

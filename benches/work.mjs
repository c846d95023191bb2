/*
 * What everybody is asked to do, in no product's own words.
 *
 * A flag is `{ key, kind }` and what its kind needs:
 *   fixed     `on`: the same for everybody
 *   rollout   `percent` of the units get true, the others false
 *   targeted  three rules, each with its own variant (`countries`, then `version` or newer, then e-mail `suffix`),
 *             then a split 50/30/20 of the units over three more
 */

export const ROLLOUT_PERCENT = 20
/** The variants of the three rules, in their order. */
export const RULED = ['red', 'gold', 'grey']
/** The variants of the split, with their weights. */
export const SPLIT = { control: 50, blue: 30, green: 20 }
export const VARIANTS = [...RULED, ...Object.keys(SPLIT)]

const COUNTRIES = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')
const HOSTS = ['example.com', 'example.org', 'mail.test', 'post.test', 'corp.example', 'home.example', 'web.test']
const PLANS = ['free', 'team', 'business', 'enterprise']

/** W1: one flag that a fifth of the users have. */
export const rolloutFlag = { key: 'checkout-redesign', kind: 'rollout', percent: ROLLOUT_PERCENT }

/** W2: one flag with three rules and a split. */
export const targetedFlag = targeted('search-ranking', 0)

/** W3: a hundred flags like that of W2. Their lists, versions and suffixes come from pools, as those of one shop do. */
export const hundredFlags = Array.from({ length: 100 }, (_, index) =>
  targeted(`area-${index % 7}.feature-${index}`, index),
)

/** The same, and no two flags ask about the same list, version or suffix: the worst case for what is shared. */
export const hundredUnlikeFlags = Array.from({ length: 100 }, (_, index) => ({
  ...targeted(`area-${index % 7}.unlike-${index}`, index),
  countries: [COUNTRIES[index % 27], COUNTRIES[(index * 5 + 1) % 27], `X${index}`],
  version: `9.${index % 12}.${index}`,
  suffix: `${String(index).padStart(2, '0')}@${HOSTS[index % HOSTS.length]}`,
}))

/** W4 to W6: half rollouts, a quarter targeted, a quarter simply on or off. */
export const tenThousandFlags = Array.from({ length: 10_000 }, (_, index) => {
  const key = `team-${index % 37}.feature-${String(index).padStart(4, '0')}`
  if (index % 4 === 3) return { key, kind: 'fixed', on: index % 8 === 3 }
  if (index % 4 === 1) return targeted(key, index)
  return { key, kind: 'rollout', percent: 5 + (index % 19) * 5 }
})

function targeted(key, index) {
  const first = (index * 4) % COUNTRIES.length
  return {
    key,
    kind: 'targeted',
    countries: [0, 1, 2].map((next) => COUNTRIES[(first + next) % COUNTRIES.length]),
    version: `9.${index % 10}.0`,
    suffix: `@${HOSTS[index % HOSTS.length]}`,
  }
}

/** The same visitors in every run: a user, where from, with which version, and what else a page knows. */
export function visitors(count) {
  const next = dice(20_261_121)
  return Array.from({ length: count }, (_, index) => {
    const userId = `user-${(index * 2_654_435_761) >>> 0}`
    return {
      userId,
      country: COUNTRIES[next(COUNTRIES.length)],
      appVersion: `${next(10)}.${next(12)}.${next(30)}`,
      email: `${userId}@${HOSTS[next(HOSTS.length)]}`,
      plan: PLANS[next(PLANS.length)],
      signedIn: next(3) > 0,
    }
  })
}

/** What a flag must give a visitor, where that does not depend on how units are drawn; else undefined. */
export function ruled(flag, visitor) {
  if (flag.countries.includes(visitor.country)) return RULED[0]
  if (isAtLeast(visitor.appVersion, flag.version)) return RULED[1]
  if (visitor.email.endsWith(flag.suffix)) return RULED[2]
  return undefined
}

function isAtLeast(version, bound) {
  const [one, other] = [version, bound].map(versionNumber)
  return one >= other
}

/** A version as one number, for those who have no versions but can compare numbers. */
export function versionNumber(version) {
  const [major, minor, patch] = version.split('.').map(Number)
  return (major * 1000 + minor) * 1000 + patch
}

/** Whole numbers by xorshift32 (Marsaglia): nothing here needs more of them than to look unsorted. */
function dice(seed) {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

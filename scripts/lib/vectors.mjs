/*
 * The golden vectors: what they are made of, and how each file is made.
 * Nothing here may change; new vectors are new files.
 */

/** The instant at which the answers are given. */
export const NOW = 1_795_000_000_000
const CONTEXTS = 4_500

const keys = ['a', 'checkout', 'search-2026', 'new-checkout', 'x/y', 'h1', 'l.1', 'A:b_c']
const plain = ['', '0', 'salt', 'é', '日本', 'l1/layer', 'h1/holdout', 'p/percent']
export const salts = [...keys.flatMap((key) => [`${key}/split`, `${key}/traffic`]), ...plain]

/** `murmur3_x86_32` of text as UTF-8, written for the vectors and for nothing else. */
export function murmur3(text, seed) {
  const bytes = new TextEncoder().encode(text)
  const scramble = (word) => {
    const mixed = Math.imul(word, 0xcc9e2d51)
    return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
  }
  const words = bytes.length >> 2
  let hash = seed
  for (let at = 0; at < words * 4; at += 4) {
    hash ^= scramble(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24))
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = bytes.length - 1; at >= words * 4; at--) tail = (tail << 8) | bytes[at]
  hash ^= scramble(tail) ^ bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export const point = (salt, unit) => murmur3(unit, murmur3(salt, 0))

const count = (length, make) => Array.from({ length }, (_, at) => make(at))

/** Units of every kind that a host may have: none has a tab or the end of a line. */
export function units() {
  const next = random(1)
  const hex = (length) => count(length, () => Math.floor(next() * 16).toString(16)).join('')
  return [
    '',
    ' ',
    ...count(1_000, (at) => `u-${at}`),
    ...count(400, String),
    ...['-1', '4294967296', '2147483648', '-2147483648', '9007199254740991', '-9007199254740991', '007', '1e3', '7.0'],
    ...count(300, () => [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-')),
    ...count(150, (at) => `person.${at}@example.com`),
    ...['Åsa-', 'A\u030asa-', 'ключ-', '顧客-', 'مستخدم-', '👩🏽\u200d🚀', '🇸🇪'].flatMap((word) =>
      count(30, (at) => word + at),
    ),
    ...['\u007f', '\u0080', '\u07ff', '\u0800', '\ufffd', '\uffff', '\u{10000}', '\u{10ffff}', 'ÿ', 'ÿÿ', 'ÿÿÿ'],
    ...count(70, (at) => 'x'.repeat(at + 1)),
    ...[255, 256, 1_000, 4_096].map((length) => 'long-'.repeat(length).slice(0, length)),
  ]
}

/** Contexts that come close to what the definition asks. */
export function contexts() {
  const next = random(2)
  const pick = (list) => list[Math.floor(next() * list.length)]
  const userId = (at) =>
    pick([`u-${at % 40}`, `u-${at}`, `u-${at}`, at, at % 20, `Åsa-${at % 10}`, null, at + 0.5, true, ['u-1']])
  return count(CONTEXTS, (at) => {
    const context = {
      userId: userId(at),
      orgId: pick([`o-${at % 300}`, at % 50, '', undefined]),
      country: pick(['SE', 'NO', 'US', 'se', '', undefined, null, 47]),
      email: pick(['a@example.com', 'B@EXAMPLE.COM', 'c@other.io', 'example.com', undefined]),
      age: pick([17, 18, 30, 40, 64, 65, 17.999999, '30', undefined]),
      plan: pick(['pro', 'PRO', 'professional', 'free', 'Free', 'none', undefined]),
      app: pick(['2.1.0', '2.0.9', '2.1.0-rc.1', '3.0.0-beta', '3.0.0', 'v4', '4.2.1+7', 'latest', undefined]),
    }
    const size = pick([99, 100, 5_000, undefined])
    return at % 2 === 0 ? { ...context, org: { size } } : { ...context, 'org.size': size }
  })
}

/** Numbers from 0 to 1, the same in every run. */
function random(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

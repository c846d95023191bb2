const encoder = new TextEncoder()

/** murmur3_x86_32 of the text's UTF-8. Text beyond ASCII is encoded first; all other is read where it lies. */
export function murmur3(text, seed) {
  const { length } = text
  const whole = length & ~3
  let hash = seed
  let seen = 0
  let at = 0
  for (; at < whole; at += 4) {
    const one = text.charCodeAt(at)
    const two = text.charCodeAt(at + 1)
    const three = text.charCodeAt(at + 2)
    const four = text.charCodeAt(at + 3)
    seen |= one | two | three | four
    hash ^= scramble(one | (two << 8) | (three << 16) | (four << 24))
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  let tail = 0
  for (let end = length - 1; end >= at; end--) {
    const code = text.charCodeAt(end)
    seen |= code
    tail = (tail << 8) | code
  }
  if (seen > 0x7f) return murmur3OfBytes(encoder.encode(text), seed)
  return finish(hash ^ scramble(tail), length)
}

/** murmur3_x86_32 of bytes. */
export function murmur3OfBytes(bytes, seed) {
  const { length } = bytes
  const whole = length & ~3
  let hash = seed
  for (let at = 0; at < whole; at += 4) {
    hash ^= scramble(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24))
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  let tail = 0
  for (let end = length - 1; end >= whole; end--) tail = (tail << 8) | bytes[end]
  return finish(hash ^ scramble(tail), length)
}

function scramble(word) {
  const mixed = Math.imul(word, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

function finish(word, length) {
  let hash = word ^ length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

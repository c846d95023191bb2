/*
 * What a call of the store carries, as JSON: bytes are objects of one member.
 */

export function toWire(value) {
  return JSON.stringify(value, (_, member) => {
    if (member instanceof Uint8Array) return { $bytes: member.toBase64() }
    return member
  })
}

export function fromWire(text) {
  return JSON.parse(text, (_, member) => {
    return typeof member?.$bytes === 'string' ? Uint8Array.fromBase64(member.$bytes) : member
  })
}

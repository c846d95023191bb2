/*
 * What a call of the store carries, as JSON: bytes are objects of one member.
 */

export function toWire(value) {
  return JSON.stringify(value, (_, member) => (member instanceof Uint8Array ? { $bytes: toBase64(member) } : member))
}

export function fromWire(text) {
  return JSON.parse(text, (_, member) => (typeof member?.$bytes === 'string' ? fromBase64(member.$bytes) : member))
}

// workerd has these of its own, and Node does not yet.
const toBase64 = (bytes) => bytes.toBase64?.() ?? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
const fromBase64 = (text) =>
  Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

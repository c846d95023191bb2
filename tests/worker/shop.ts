/** A small definition that uses each kind of reveal, and one word that no client may ever read. */
export const SECRET_WORD = 'canary-of-the-secret-flag'

type Flag = Readonly<Record<string, unknown>>

const flags: Readonly<Record<string, Flag>> = {
  search: {
    type: 'string',
    reveal: 'value',
    variants: { existing: 'existing', better: 'better' },
    safe: 'existing',
    rules: [{ id: 'sweden', where: { country: 'SE' }, serve: 'better' }],
  },
  'team/banner': {
    type: 'boolean',
    reveal: 'rule',
    variants: { on: true, off: false },
    safe: 'off',
    rules: [{ id: 'first-user', where: { userId: 'u-1' }, serve: 'on' }],
  },
  known: {
    type: 'boolean',
    reveal: 'value',
    variants: { on: true, off: false },
    safe: 'off',
    rules: [{ where: { userId: { exists: true } }, serve: 'on' }],
  },
  limits: { type: 'object', reveal: 'value', variants: { small: { items: 3 } }, safe: 'small' },
  constructor: { type: 'number', reveal: 'rule', variants: { seven: 7 }, safe: 'seven' },
  secret: { type: 'string', description: SECRET_WORD, variants: { hidden: SECRET_WORD }, safe: 'hidden' },
}

/** The text of a definition of these flags, over or instead of the ones of the shop, and of whatever else it has. */
export function definitionWith(more: Readonly<Record<string, Flag>> = {}, document: object = {}): string {
  return JSON.stringify({ format: 1, ...document, flags: { ...flags, ...more } }, null, 2)
}

export const DEFINITION = definitionWith()

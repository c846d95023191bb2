import { readFileSync } from 'node:fs'
import { loadControl, type Projection } from 'fader'

export const storefrontPath = new URL('../../../examples/storefront.json', import.meta.url)
export const storefront = readFileSync(storefrontPath, 'utf8')

/** A flag that gives `yes` to whom the condition admits, and `no` to all others. */
export const asks = (where: unknown) => ({
  type: 'boolean',
  reveal: 'rule',
  variants: { yes: true, no: false },
  safe: 'no',
  rules: [{ id: 'asked', where, serve: 'yes' }],
})

/** A flag without rules, which gives the same to everybody. */
export const gives = (type: string, value: unknown) => ({
  type,
  reveal: 'rule',
  variants: { only: value },
  safe: 'only',
})

/** The text of a definition of these flags. */
export function define(flags: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ format: 1, environment: 'test', revision: 1, flags, ...more })
}

/** Compiles a definition, and throws when it has an issue: a test must not be about other flags than it says. */
export async function compile(definition: string, projection?: Projection): Promise<Uint8Array> {
  const control = await loadControl()
  const { issues, snapshot } = control.compile(definition, projection)
  if (issues.length > 0 || snapshot === undefined) throw new Error(JSON.stringify(issues, null, 2))
  return snapshot
}

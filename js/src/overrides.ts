import { keepPreview } from './preview.js'
import { toBase64url } from './statement.js'
import type { ClientOptions, Outcome, Value } from './types.js'
import { openerOf, parseObject } from './verification.js'

/** What a preview link says: what some flags give to whoever opens it. */
export interface Preview {
  readonly environment: string
  readonly document: 'preview'
  /** In milliseconds since 1970. */
  readonly issued: number
  readonly expires: number
  readonly answers: Readonly<Record<string, { readonly variant: string; readonly value: Value }>>
}

/** Marks a preview that nobody signed. */
const UNSIGNED = 'any.'
const NOTHING: ReadonlyMap<string, Outcome> = new Map()

type Wanted = Pick<ClientOptions, 'keys' | 'overrides' | 'session' | 'onError'>

/** The answers of a preview, as far as they hold. */
export class Overrides {
  readonly #preview: Preview
  readonly #isSigned: boolean
  readonly #outcomes: ReadonlyMap<string, Outcome>

  constructor(preview: Preview, isSigned: boolean) {
    this.#preview = preview
    this.#isSigned = isSigned
    this.#outcomes = new Map(Object.entries(preview.answers).flatMap(overridden))
  }

  /** None in another environment, or when it has expired; and in production none that nobody signed. */
  in(environment: string, now: number = Date.now()): ReadonlyMap<string, Outcome> {
    const { environment: own, expires } = this.#preview
    const holds = environment === own && now < expires && (this.#isSigned || !isProduction(environment))
    return holds ? this.#outcomes : NOTHING
  }
}

/** Nobody may change with a link that was not signed what customers meet. */
export const isProduction = (environment: string): boolean => environment.toLowerCase().startsWith('prod')

/** Whether somebody sees this by a preview. */
export const isOverridden = ({ rule, arm }: Outcome): boolean => rule === RULE && arm === 'outside'

const RULE = 'preview'

/**
 * Opens the preview that was asked for, and has the session go on with it. One that is not to be believed changes
 * nothing, and is forgotten; one that is not for this client to judge is left to others. Never rejects.
 */
export async function openPreview(text: string, options: Wanted): Promise<Overrides | undefined> {
  const isSigned = !text.startsWith(UNSIGNED)
  const { keys = [], overrides } = options
  const lacking = isSigned ? keys.length === 0 && 'the client has no keys' : overrides !== 'any' && 'nobody signed it'
  if (lacking) return tell(options, lacking)
  try {
    const preview = isSigned ? ((await openerOf(keys)(text)) as Preview) : readUnsigned(text)
    if (preview.document !== 'preview') throw new Error('it is about something else')
    if (!(preview.expires > Date.now())) throw new Error('it has expired')
    const overrides = new Overrides(preview, isSigned)
    keepPreview(options, text)
    return overrides
  } catch (cause) {
    keepPreview(options, undefined)
    return tell(options, (cause as Error).message)
  }
}

/** The text of a preview that nobody signed. */
export function unsignedPreview(preview: Preview): string {
  return UNSIGNED + toBase64url(new TextEncoder().encode(JSON.stringify(preview)))
}

/** The host's own handler must not break what it is told of. */
function tell({ onError }: Wanted, why: string): undefined {
  try {
    onError?.(new Error(`the preview is not shown: ${why}`))
  } catch {
    // There is nobody left to tell.
  }
}

/** What a preview says that nobody signed. Throws where it is another. */
export function readUnsigned(text: string): Preview {
  if (!text.startsWith(UNSIGNED)) throw new Error('somebody signed it')
  return parseObject(text.slice(UNSIGNED.length))
}

function overridden([flag, answer]: [string, Preview['answers'][string]]): [string, Outcome][] {
  const { variant, value } = answer ?? {}
  if (typeof variant !== 'string' || value === undefined || value === null) return []
  const outcome = { flag, value, variant, reason: 'TARGETING_MATCH', rule: RULE, arm: 'outside' } as const
  return [[flag, Object.freeze(outcome)]]
}

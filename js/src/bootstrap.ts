import { freeze } from './outcome.js'
import type { Bootstrap, BootstrapAnswer, Client, Context, Engine, FlagKey, Outcome } from './types.js'

/** The id of the element that has the block. */
export const BLOCK_ID = 'fader-bootstrap'

export interface BootstrapOptions {
  /** The client token of the page, which is public. */
  readonly key?: string
  /** The flags whose answers the page is told; by default all that the engine has. */
  readonly flags?: readonly string[]
}

/**
 * What a server tells a page that it renders: the answers for whoever looks at it. The page gets the context, too, and
 * whatever flags there are, so that they should be of a client snapshot. A client that has no answers yet gives nothing.
 */
export function bootstrapOf(from: Engine, context: Context, options?: BootstrapOptions): Bootstrap
export function bootstrapOf(from: Client, context: Context, options?: BootstrapOptions): Bootstrap | undefined
export function bootstrapOf(from: Engine | Client, context: Context, options: BootstrapOptions = {}) {
  const { environment, revision } = from
  if (environment === undefined || revision === undefined) return undefined
  const { key, flags } = options
  const told = flags && new Set<string>(flags)
  const answers: Record<string, BootstrapAnswer> = {}
  for (const { flag, ...answer } of everyOutcome(from, context)) {
    if (answer.errorCode === undefined && (told?.has(flag) ?? true)) answers[flag] = answer
  }
  return { environment, revision, ...(key !== undefined && { key }), context, answers }
}

function everyOutcome(from: Engine | Client, context: Context): readonly Outcome[] {
  if ('evaluateAll' in from) return from.evaluateAll(context)
  return from.all().map(({ flag }) => from.evaluate(flag as FlagKey, context))
}

/** The element that a page has it in. A client reads it by itself, wherever in the page it stands before the script. */
export function bootstrapScript(bootstrap: Bootstrap): string {
  return `<script type="application/json" id="${BLOCK_ID}">${escapeJson(bootstrap)}</script>`
}

/** ASCII alone, whatever the page's encoding is, and nothing that an HTML parser could take for the end of the block. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What came with the page. What is malformed is as if it were not there. */
export function readBootstrap(page: Pick<Document, 'getElementById'>): Bootstrap | undefined {
  try {
    const said = JSON.parse(page.getElementById(BLOCK_ID)?.textContent ?? '') as Bootstrap
    const isWhole = isRecord(said.answers) && isRecord(said.context) && typeof said.revision === 'number'
    return isWhole ? said : undefined
  } catch {
    return undefined
  }
}

/** The outcomes that a page was told. */
export function outcomesOf({ answers }: Bootstrap): Map<string, Outcome> {
  const told = Object.entries(answers).filter(([, answer]) => isRecord(answer) && answer.value != null)
  return new Map(told.map(([flag, answer]) => [flag, freeze({ ...answer, flag })]))
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

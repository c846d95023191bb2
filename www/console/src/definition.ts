import { type Fields, fieldsOf, textOf } from './fields.ts'
import { phraseOf } from './rule-phrase.ts'

export const flagStates = ['on', 'off', 'killed'] as const

export type FlagState = (typeof flagStates)[number]

/** What the list shows of a flag. */
export interface FlagSummary {
  readonly key: string
  readonly type: string
  readonly reveal: string
  readonly state: FlagState
  /** The variant that it gives when off or killed. */
  readonly safe: string
  readonly description: string
  readonly owner: string
  readonly tags: readonly string[]
  readonly rules: string
}

/** The definition as the console has it: the text as it was published, and what was read from it. */
export interface Definition {
  readonly revision: number
  readonly text: string
  readonly environment: string
  readonly flags: readonly FlagSummary[]
}

export function readDefinition(text: string, revision: number): Definition {
  const document = fieldsOf(JSON.parse(text))
  const flags = Object.entries(fieldsOf(document.flags)).map(([key, flag]) => summaryOf(key, fieldsOf(flag)))
  return { revision, text, environment: textOf(document.environment), flags }
}

function summaryOf(key: string, flag: Fields): FlagSummary {
  return {
    key,
    type: textOf(flag.type),
    reveal: textOf(flag.reveal, 'none'),
    state: flagStates.find((state) => state === flag.state) ?? 'on',
    safe: textOf(flag.safe),
    description: textOf(flag.description),
    owner: textOf(flag.owner),
    tags: Array.isArray(flag.tags) ? flag.tags.map((tag) => textOf(tag)) : [],
    rules: phraseOf(flag),
  }
}

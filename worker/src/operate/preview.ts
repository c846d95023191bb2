import type { Actor } from '../access/token.ts'
import type { Deed } from '../revision/audit.ts'
import { refusalOf, touchedFlag } from './authority.ts'
import { list, quote } from './edit.ts'
import { type FlagContent, type FlagText, findFlag } from './flag-text.ts'
import type { Refused } from './operation.ts'
import { type Current, noFlag } from './perform.ts'

/** What somebody wants to show: variants by flags, and for how long. */
export interface PreviewWish {
  readonly answers: Readonly<Record<string, string>>
  readonly minutes: number
}

/** A preview, by whom and why. */
export interface PreviewRequest {
  readonly wish: PreviewWish
  readonly actor: Actor
  readonly why: string
  /** The same key again gives the same answer again. */
  readonly idempotencyKey?: string
}

interface Answer {
  readonly variant: string
  readonly value: unknown
}

/** What is signed of a preview. Clients show these answers in place of their own, until it expires. */
export interface Preview {
  readonly environment: string
  readonly document: 'preview'
  /** In milliseconds since 1970. */
  readonly issued: number
  readonly expires: number
  readonly answers: Readonly<Record<string, Answer>>
}

type PreviewRefused =
  | Extract<Refused, { kind: 'forbidden' | 'not-there' | 'key-reused' | 'unsigned' }>
  /** The values make it longer than addresses are. */
  | { readonly kind: 'too-long'; readonly detail: string }

/** What came of it. */
export type Previewed =
  | { readonly kind: 'signed'; readonly preview: string; readonly expires: number; readonly replayed?: true }
  | PreviewRefused

/** Servers and what stands before them take addresses of some 8,000 characters, of which this is the greatest part. */
const LONGEST_PREVIEW = 6000

interface Ground {
  readonly environment: string
  readonly current: Current | null
  /** In milliseconds since 1970. */
  readonly now: number
}

interface Ready {
  readonly kind: 'ready'
  readonly preview: Preview
  /** What the audit log tells of it: of values there may be much. */
  readonly told: NonNullable<Deed['preview']>
}

/** Makes the preview that somebody wants, unless they may not, or something of it is not there. */
export function previewOf(
  wish: PreviewWish,
  actor: Actor,
  { environment, current, now }: Ground,
): Ready | PreviewRefused {
  const wanted = Object.entries(wish.answers).map(([key, variant]) => {
    return { key, variant, flag: current === null ? undefined : findFlag(current.definition, key) }
  })
  const touched = wanted.map(({ key, flag }) => touchedFlag(key, flag))
  const refusal = refusalOf(actor, { kind: 'preview', touched })
  if (refusal !== null) return { kind: 'forbidden', detail: refusal }
  const answers: [string, Answer][] = []
  for (const { key, variant, flag } of wanted) {
    const missing = flag === undefined ? noFlag(key, current) : missingIn(flag, variant)
    if (missing !== undefined) return { kind: 'not-there', detail: missing }
    answers.push([key, { variant, value: flag?.content.variants[variant] }])
  }
  const expires = now + wish.minutes * 60_000
  const preview = {
    environment,
    document: 'preview',
    issued: now,
    expires,
    answers: Object.fromEntries(answers),
  } as const
  return { kind: 'ready', preview, told: { answers: wish.answers, expires: new Date(expires).toISOString() } }
}

/** Why a variant of a flag cannot be shown, in a sentence. */
function missingIn({ key, content }: FlagText, variant: string): string | undefined {
  if (!isRevealed(content)) return `The flag ${quote(key)} is not revealed to clients, so that no page could show it.`
  if (Object.hasOwn(content.variants, variant)) return undefined
  return `The flag ${quote(key)} has no variant ${quote(variant)}; it has ${list(Object.keys(content.variants))}.`
}

function isRevealed({ reveal = 'none' }: FlagContent): boolean {
  return reveal !== 'none'
}

/** Why a signed preview is of no use, or undefined when it is. */
export function tooLong(preview: string): PreviewRefused | undefined {
  if (preview.length <= LONGEST_PREVIEW) return undefined
  return { kind: 'too-long', detail: 'These values would make the address too long; ask for fewer flags.' }
}

import { CommandError } from './command.js'
import { parseTime } from './time.js'

const kinds = ['client', 'edge', 'admin'] as const
const roles = ['viewer', 'support', 'owner', 'publisher', 'admin'] as const
const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

export const wishOptions = {
  kind: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  team: { type: 'string' },
  prefix: { type: 'string' },
  'max-share': { type: 'string' },
  origin: { type: 'string', multiple: true },
  expires: { type: 'string' },
} as const

interface Values {
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly role?: string | undefined
  readonly team?: string | undefined
  readonly prefix?: string | undefined
  readonly 'max-share'?: string | undefined
  readonly origin?: readonly string[] | undefined
  readonly expires?: string | undefined
}

/** A token that somebody asks for, as the worker's route takes it, but for its digest. */
export interface Wish {
  readonly kind: (typeof kinds)[number]
  readonly name: string
  readonly role?: (typeof roles)[number]
  readonly scope?: Readonly<Record<string, string | number>>
  readonly origins?: readonly string[]
  readonly expires?: number
}

/** Checks what is asked for before anything is made of it. */
export function readWish(values: Values, now: number): Wish {
  const kind = choose('kind', values.kind, kinds)
  const name = values.name?.trim()
  if (name === undefined || name === '') throw new CommandError('say whose or for what the token is: --name NAME')
  refuseMisplaced(kind, values)
  const wish: Wish = { kind, name, ...expiryOf(values.expires, now) }
  if (kind === 'edge') return wish
  if (kind === 'client') return values.origin === undefined ? wish : { ...wish, origins: values.origin.map(originOf) }
  const role = choose('role', values.role, roles)
  if (role === 'owner' && values.team === undefined)
    throw new CommandError('an owner without a team owns nothing: say --team T')
  const scope = scopeOf(values)
  return { ...wish, role, ...(Object.keys(scope).length > 0 && { scope }) }
}

function choose<T extends string>(option: string, text: string | undefined, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === text)
  if (chosen === undefined) throw new CommandError(`--${option} is one of ${choices.join(', ')}`)
  return chosen
}

/** What would be left out without a word might be what the token was to be held by. */
function refuseMisplaced(kind: Wish['kind'], values: Values): void {
  const of = { role: 'admin', team: 'admin', prefix: 'admin', 'max-share': 'admin', origin: 'client' } as const
  for (const [option, its] of Object.entries(of) as [keyof typeof of, string][]) {
    if (values[option] !== undefined && its !== kind)
      throw new CommandError(`--${option} is for tokens of kind ${its}, and this is one of kind ${kind}`)
  }
}

function scopeOf(values: Values): Record<string, string | number> {
  const { team, prefix, 'max-share': share } = values
  const maxShare = share === undefined || share.trim() === '' ? Number.NaN : Number(share)
  if (share !== undefined && !(maxShare >= 0 && maxShare <= 100))
    throw new CommandError(`--max-share ${share} is no percentage from 0 to 100`)
  return {
    ...(team !== undefined && { team }),
    ...(prefix !== undefined && { flagPrefix: prefix }),
    ...(share !== undefined && { maxShare }),
  }
}

function originOf(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text)) return text
  throw new CommandError(`--origin ${text} is no origin; write one like https://shop.example.com, without a path`)
}

function expiryOf(text: string | undefined, now: number): { expires?: number } {
  if (text === undefined) return {}
  const span = /^(\d{1,5})([dhm])$/.exec(text)
  const unit = UNIT_MS[span?.[2] ?? '']
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : parseTime(/^\d+$/.test(text) ? undefined : text)
  const expires = unit === undefined ? time : now + Number(span?.[1]) * unit
  if (expires === undefined || Number.isNaN(expires))
    throw new CommandError(`--expires ${text} is no time; write 90d, 12h, 30m or a date like 2027-01-31`)
  if (expires <= now) throw new CommandError(`--expires ${text} is past`)
  return { expires }
}

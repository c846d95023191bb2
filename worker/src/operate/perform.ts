import type { Change, Control } from 'fader'
import type { Actor } from '../access/token.ts'
import { decodeText } from '../json.ts'
import { splice, stamp } from '../revision/json-text.ts'
import { type Place, type Prepared, type Publication, prepare, prepareChanged } from '../revision/publication.ts'
import { isBound, refusalOf, shareOfStage, touchedFlag } from './authority.ts'
import { edit, list, quote } from './edit.ts'
import { definitionOf, type FlagText, findFlag, flagKeys } from './flag-text.ts'
import type { FlagOperation, Operation, Refused } from './operation.ts'
import { touchedBy } from './touched.ts'

/** What is published now. */
export interface Current {
  readonly revision: number
  readonly definition: string
  readonly reveal: Uint8Array
}

/** What an operation is done to, and with what. */
export interface Ground {
  readonly control: Control
  /** Of the revision that is to be made. */
  readonly place: Place
  readonly current: Current | null
  /** The definition of an earlier revision. */
  readonly earlier: (revision: number) => Uint8Array | null
  /** The instant at which it is done, in milliseconds since 1970. */
  readonly now: number
}

/** What would come of an operation. Nothing is stored yet. */
export type Performed =
  | { readonly kind: 'ready'; readonly publication: Publication; readonly changes: readonly Change[] }
  | { readonly kind: 'unchanged' }
  | Refused

/** More issues than anyone reads, and few enough to be sent. */
const ISSUES_LISTED = 10_000

/** Works out what comes of an operation in somebody's name, and whether they may do it. */
export function perform(operation: Operation, actor: Actor, ground: Ground): Performed {
  switch (operation.kind) {
    case 'define':
      return define(operation, actor, ground)
    case 'roll-back':
      return rollBack(operation, actor, ground)
    default:
      return change(operation, actor, ground)
  }
}

function change(operation: FlagOperation, actor: Actor, { control, place, current, now }: Ground): Performed {
  const flag = current === null ? undefined : findFlag(current.definition, operation.flag)
  const touched = [touchedFlag(operation.flag, flag)]
  const refusal = refusalOf(actor, { kind: operation.kind, touched, share: shareOf(operation, flag) })
  if (refusal !== null) return { kind: 'forbidden', detail: refusal }
  if (current === null || flag === undefined) return { kind: 'not-there', detail: noFlag(operation.flag, current) }

  const edited = edit(flag, operation, now)
  if (edited.kind !== 'edited') return edited
  const definition = splice(current.definition, flag.span, edited.text)
  const prepared = prepareChanged(control, definition, place, current.reveal)
  if (prepared.kind !== 'ready') return refused(prepared)
  // Everything else is the same, so that it need not be compared.
  const changes = control.diff(definitionOf(flag.key, flag.text), definitionOf(flag.key, edited.text))
  return { ...prepared, changes }
}

function shareOf(operation: FlagOperation, flag: FlagText | undefined): number {
  if (operation.kind === 'traffic') return operation.traffic
  const ramp = flag?.content.ramp
  return operation.kind === 'stage' && ramp !== undefined ? shareOfStage(ramp, operation.stage) : 0
}

/** That a flag is not there, and which are. */
export function noFlag(key: string, current: Current | null): string {
  if (current === null) return 'Nothing is published yet.'
  const keys = flagKeys(current.definition)
  return `There is no flag ${quote(key)}; there ${keys.length === 0 ? 'is none' : `are ${list(keys)}`}.`
}

function define({ definition }: { readonly definition: Uint8Array }, actor: Actor, ground: Ground): Performed {
  const kind = 'define'
  const refusal = refusalOf(actor, { kind, touched: [] })
  if (refusal !== null) return { kind: 'forbidden', detail: refusal }
  return replace(kind, definition, actor, ground)
}

function rollBack({ revision }: { readonly revision: number }, actor: Actor, ground: Ground): Performed {
  const kind = 'roll-back'
  const refusal = refusalOf(actor, { kind, touched: [] })
  if (refusal !== null) return { kind: 'forbidden', detail: refusal }
  const { current, place } = ground
  const earlier = ground.earlier(revision)
  if (current === null) return { kind: 'not-there', detail: 'Nothing is published yet.' }
  if (earlier === null) {
    return {
      kind: 'not-there',
      detail: `There is no revision ${revision}; there are those from 1 to ${current.revision}.`,
    }
  }
  const restamped = stamp(decodeText(earlier), { ...place, revision: current.revision })
  if (restamped === current.definition) return { kind: 'unchanged' }
  return replace(kind, earlier, actor, ground)
}

/** Puts a whole definition in place of the one that is there. */
function replace(kind: 'define' | 'roll-back', bytes: Uint8Array, actor: Actor, ground: Ground): Performed {
  const { control, place, current } = ground
  const prepared = prepare(control, bytes, place)
  if (prepared.kind !== 'ready') return refused(prepared)
  const { text } = prepared.publication
  const old = current?.definition ?? nothing(place.environment)
  const changes = control.diff(old, text)
  if (isBound(actor)) {
    const refusal = refusalOf(actor, { kind, touched: touchedBy(old, text, changes) })
    if (refusal !== null) return { kind: 'forbidden', detail: refusal }
  }
  return { ...prepared, changes }
}

/** What a first definition is compared with. */
function nothing(environment: string): string {
  return `{"format":1,"environment":${JSON.stringify(environment)},"flags":{}}`
}

function refused(prepared: Exclude<Prepared, { kind: 'ready' }>): Refused {
  if (prepared.kind === 'not-json') return prepared
  const { issues } = prepared
  return { kind: 'invalid', issues: issues.slice(0, ISSUES_LISTED), issueCount: issues.length }
}

import type { Control, Issue } from 'fader'
import { decodeText, isObject } from '../json.ts'
import { encodeReveal, isReveal, type Reveal } from './bundle.ts'
import { stamp } from './json-text.ts'

/** A definition that may be published, and everything that was made of it. */
export interface Publication {
  /** The definition as its author wrote it, but for its environment and revision. */
  readonly text: string
  /** The same in UTF-8. */
  readonly definition: Uint8Array
  readonly edge: Uint8Array
  readonly client: Uint8Array
  readonly reveal: Uint8Array
  readonly flags: number
}

export type Prepared =
  | { readonly kind: 'ready'; readonly publication: Publication }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'not-json'; readonly detail: string }

export interface Place {
  readonly environment: string
  readonly revision: number
}

/** Makes a publication of the bytes that a publisher sent, or says everything that is wrong with them. */
export function prepare(control: Control, bytes: Uint8Array, place: Place): Prepared {
  const parsed = parse(bytes)
  if ('kind' in parsed) return parsed
  const { text, document } = parsed
  const stamped = isObject(document) ? stamp(text, { ...place }) : text
  const reveal = () => encodeReveal(revealedFlags(document))
  return compile(control, stamped, { place, reveal, issues: foreignEnvironment(document, place.environment) })
}

/** The same of a published definition that was changed, but for what flags reveal. */
export function prepareChanged(control: Control, text: string, place: Place, reveal: Uint8Array): Prepared {
  return compile(control, stamp(text, { ...place }), { place, reveal: () => reveal, issues: [] })
}

interface Known {
  readonly place: Place
  readonly reveal: () => Uint8Array
  readonly issues: readonly Issue[]
}

/** A snapshot counts only after an engine has loaded it, so that what the isolates are given is known to work. */
function compile(control: Control, text: string, { place, reveal, issues: known }: Known): Prepared {
  const { issues: found, snapshots } = control.compileAll(text)
  const issues = [...known, ...found]
  if (issues.length > 0) return { kind: 'invalid', issues }
  if (snapshots === undefined) throw new Error('a definition without issues gave no snapshots')

  const publication = {
    text,
    definition: new TextEncoder().encode(text),
    edge: snapshots.edge,
    client: snapshots.client,
    reveal: reveal(),
    flags: load(control, snapshots.edge, place),
  }
  load(control, snapshots.client, place)
  return { kind: 'ready', publication }
}

function parse(bytes: Uint8Array): { text: string; document: unknown } | { kind: 'not-json'; detail: string } {
  try {
    const text = decodeText(bytes)
    return { text, document: JSON.parse(text) }
  } catch (cause) {
    return { kind: 'not-json', detail: cause instanceof SyntaxError ? cause.message : 'The body is not UTF-8.' }
  }
}

/** The store sets the environment, so a definition that names another one was meant for somewhere else. */
function foreignEnvironment(document: unknown, environment: string): Issue[] {
  if (!isObject(document) || !Object.hasOwn(document, 'environment') || document.environment === environment) return []
  return [
    {
      path: 'environment',
      message: `is ${JSON.stringify(document.environment)}, and this store holds ${JSON.stringify(environment)}`,
      mend: 'Publish to the worker of that environment, or leave the member out: the store sets it.',
    },
  ]
}

/**
 * Counts the flags of a snapshot that was just compiled. Throws when it does not load: that is a fault of the compiler,
 * not of the author.
 */
function load(control: Control, snapshot: Uint8Array, place: Place): number {
  const engine = control.load(snapshot)
  try {
    if (engine.revision !== place.revision || engine.environment !== place.environment) {
      throw new Error('a snapshot is not of the revision that it was compiled for')
    }
    return engine.flags.length
  } finally {
    engine.free()
  }
}

function revealedFlags(document: unknown): Map<string, Reveal> {
  const flags = isObject(document) && isObject(document.flags) ? Object.entries(document.flags) : []
  const revealed = new Map<string, Reveal>()
  for (const [key, flag] of flags) {
    if (isObject(flag) && Object.hasOwn(flag, 'reveal') && isReveal(flag.reveal)) revealed.set(key, flag.reveal)
  }
  return revealed
}

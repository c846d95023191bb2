import { type Statement, StatementRefused, type Verifier } from 'fader'
import { decodeText } from '../json.ts'

/** How much of a flag may leave the edge. A flag that is not named here is not revealed at all. */
export type Reveal = 'rule' | 'value'

/**
 * What an isolate is given, each part signed:
 * `edge`, the snapshot of every flag; `client`, the snapshot of those that clients may evaluate themselves;
 * `reveal`, JSON, the reveal of each flag that is revealed; `access`, JSON, the tokens that isolates know.
 *
 * Before the first revision there is `access` alone.
 */
export const documentNames = ['edge', 'client', 'reveal', 'access'] as const
export type DocumentName = (typeof documentNames)[number]

/** Bytes, and what the store says of them, as a compact JSON Web Signature. */
export interface Signed {
  readonly bytes: Uint8Array
  readonly statement: string
}

/** The documents of one moment, handed over in one piece so that they fit together. Nothing in it is trusted yet. */
export type Bundle = { readonly access: Signed } & Partial<Readonly<Record<DocumentName, Signed>>>

/** What the store has now. A reader that holds documents issued earlier asks for the bundle. */
export interface Head {
  readonly revision: number
  /** As in statements: it rises with each publish, each change of the tokens and each renewal. */
  readonly issued: number
}

/** A document that is what its statement says, with the digest that was signed. */
export type Genuine = Signed & Pick<Statement, 'digest'>

/** A bundle whose every part was signed by a trusted key, for this environment, at one moment. */
export interface Verified extends Head {
  readonly expires: number
  readonly access: Genuine
  /** Absent before the first revision. */
  readonly release: { readonly edge: Genuine; readonly client: Genuine; readonly reveal: Genuine } | undefined
}

/** Rejects with a `StatementRefused` that says which part is not to be used, and why. */
export async function verifyBundle(bundle: Bundle, verify: Verifier, environment: string): Promise<Verified> {
  const genuine: Partial<Record<DocumentName, Genuine>> = {}
  const statements = await Promise.all(
    documentNames.map(async (name) => {
      const part = bundle[name]
      if (part === undefined) return undefined
      const said = await verify(part.statement, name, part.bytes)
      genuine[name] = { ...part, digest: said.digest }
      return said
    }),
  )
  const [first, ...others] = statements.filter((said) => said !== undefined)
  const { edge, client, reveal, access } = genuine
  if (first === undefined || access === undefined) throw new StatementRefused('the bundle is empty')
  if (first.environment !== environment) {
    throw new StatementRefused(`the bundle is of environment ${first.environment}`)
  }
  if (!others.every((other) => isOfOneMoment(first, other))) {
    throw new StatementRefused('the parts of the bundle are not of one moment')
  }
  const { revision, issued, expires } = first
  const release = edge && client && reveal ? { edge, client, reveal } : undefined
  if (revision > 0 !== (release !== undefined)) throw new StatementRefused('the bundle lacks a part')
  return { revision, issued, expires, access, release }
}

function isOfOneMoment(one: Statement, other: Statement): boolean {
  return (
    one.environment === other.environment &&
    one.revision === other.revision &&
    one.issued === other.issued &&
    one.expires === other.expires
  )
}

/** The first bytes of every encoded bundle, with the number of the format. */
const MAGIC = 'FADERB1\n'

/** One piece of bytes, for KV, caches and files: the magic, the length of a table in JSON, the table, the documents. */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const parts = documentNames.flatMap((name) => {
    const part = bundle[name]
    return part === undefined ? [] : [{ name, ...part }]
  })
  const table = parts.map(({ name, statement, bytes }) => ({ name, statement, length: bytes.byteLength }))
  const head = new TextEncoder().encode(JSON.stringify(table))
  const length = parts.reduce((sum, { bytes }) => sum + bytes.byteLength, PREFIX_BYTES + head.byteLength)
  const whole = new Uint8Array(length)
  whole.set(new TextEncoder().encode(MAGIC))
  new DataView(whole.buffer).setUint32(MAGIC.length, head.byteLength, true)
  whole.set(head, PREFIX_BYTES)
  let offset = PREFIX_BYTES + head.byteLength
  for (const { bytes } of parts) {
    whole.set(bytes, offset)
    offset += bytes.byteLength
  }
  return whole
}

const PREFIX_BYTES = MAGIC.length + 4

/** Throws a `StatementRefused` for whatever is no bundle from its first byte to its last. */
export function decodeBundle(whole: Uint8Array): Bundle {
  if (new TextDecoder().decode(whole.subarray(0, MAGIC.length)) !== MAGIC || whole.byteLength < PREFIX_BYTES) {
    throw new StatementRefused('this is no bundle')
  }
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  const headEnd = PREFIX_BYTES + view.getUint32(MAGIC.length, true)
  const bundle: Partial<Record<DocumentName, Signed>> = {}
  let offset = headEnd
  for (const { name, statement, length } of readTable(whole.subarray(PREFIX_BYTES, headEnd))) {
    bundle[name] = { statement, bytes: whole.subarray(offset, offset + length) }
    offset += length
  }
  const { access } = bundle
  if (access === undefined || offset !== whole.byteLength) throw new StatementRefused('the bundle is not whole')
  return { ...bundle, access }
}

interface Row {
  readonly name: DocumentName
  readonly statement: string
  readonly length: number
}

function readTable(json: Uint8Array): Row[] {
  try {
    const rows: unknown = JSON.parse(decodeText(json))
    if (Array.isArray(rows) && rows.every(isRow)) return rows
  } catch {
    // Said below, as of whatever else is no table.
  }
  throw new StatementRefused('the bundle has no table')
}

function isRow(row: Partial<Row> | null): row is Row {
  return (
    typeof row?.statement === 'string' &&
    Number.isSafeInteger(row.length) &&
    Number(row.length) >= 0 &&
    documentNames.some((name) => name === row.name)
  )
}

export function encodeReveal(flags: ReadonlyMap<string, Reveal>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(flags)))
}

/** A map and no object, so that a flag named `constructor` is only there when it is. */
export function decodeReveal(json: Uint8Array): Map<string, Reveal> {
  const entries = Object.entries(JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>)
  return new Map(entries.filter((entry): entry is [string, Reveal] => isReveal(entry[1])))
}

/** Everything else, also what a later version may add, counts as not revealed. */
export function isReveal(value: unknown): value is Reveal {
  return value === 'rule' || value === 'value'
}

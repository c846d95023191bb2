import { createVerifier, type Statement, StatementRefused, type TrustedKey } from '../statement.js'

const NAMES = ['edge', 'client', 'reveal', 'access'] as const

/** One signed document of a bundle. */
interface Part {
  readonly name: (typeof NAMES)[number]
  readonly statement: string
  readonly bytes: Uint8Array
}

/** What a bundle begins with, before the length of its table. */
const MAGIC = 'FADERB1\n'
const PREFIX_BYTES = MAGIC.length + 4

/** Takes a bundle apart. Throws a `StatementRefused` for what is none from its first byte to its last. */
export function partsOf(whole: Uint8Array): Part[] {
  const isBundle = new TextDecoder().decode(whole.subarray(0, MAGIC.length)) === MAGIC
  if (!isBundle || whole.byteLength < PREFIX_BYTES) throw new StatementRefused('this is no bundle')
  const tableLength = new DataView(whole.buffer, whole.byteOffset).getUint32(MAGIC.length, true)
  let end = PREFIX_BYTES + tableLength
  const parts = tableOf(whole.subarray(PREFIX_BYTES, end)).map(({ name, statement, length }) => {
    const bytes = whole.subarray(end, end + length)
    end += length
    return { name, statement, bytes }
  })
  if (end !== whole.byteLength) throw new StatementRefused('the bundle is not whole')
  return parts
}

/** Gives what is said of all parts of a bundle. Rejects with a `StatementRefused` when it is not to be used. */
export async function verifyParts(parts: readonly Part[], keys: readonly TrustedKey[]): Promise<Statement> {
  const verify = createVerifier(keys)
  const said = await Promise.all(parts.map(({ statement, name, bytes }) => verify(statement, name, bytes)))
  const [first, ...others] = said
  if (first === undefined) throw new StatementRefused('the bundle is empty')
  const members = ['environment', 'revision', 'issued', 'expires'] as const
  if (!others.every((other) => members.every((member) => other[member] === first[member])))
    throw new StatementRefused('the parts of the bundle are not of one moment')
  const wanted = first.revision === 0 ? ['access'] : NAMES
  if (!wanted.every((name) => parts.some((part) => part.name === name)))
    throw new StatementRefused('the bundle lacks a part')
  return first
}

interface Row {
  readonly name: Part['name']
  readonly statement: string
  readonly length: number
}

function tableOf(json: Uint8Array): Row[] {
  try {
    const rows: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
    if (Array.isArray(rows) && rows.every(isRow)) return rows
  } catch {
    // Said below, as of whatever else is no table.
  }
  throw new StatementRefused('the bundle has no table')
}

function isRow(row: Partial<Row> | null): row is Row {
  const length = Number(row?.length)
  return typeof row?.statement === 'string' && Number.isSafeInteger(length) && length >= 0 && isName(row.name)
}

const isName = (name: unknown) => NAMES.some((known) => known === name)

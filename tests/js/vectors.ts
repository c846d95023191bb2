import type { Context, Control, Engine, Outcome } from 'fader'

/** The published vectors, unpacked. */
export interface Vectors {
  readonly points: string
  readonly contexts: string
  readonly answers: string
  readonly definition: string
}

/** Where the vectors are, of which all but the definition are packed. */
export const files = {
  points: 'points.tsv.gz',
  contexts: 'contexts.jsonl.gz',
  answers: 'answers.tsv.gz',
  definition: 'definition.json',
} as const

const NOW = 1_795_000_000_000
/** So many equal slices tell the upper eight bits of a point. */
const SLICES = 256

/** Unpacks a file, in any place that has streams. */
export async function unpack(packed: BufferSource): Promise<string> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

/** Runs every vector, and gives how many there were and what is not as it was published. */
export async function run(vectors: Vectors, control: Control, load: (snapshot: Uint8Array) => Promise<Engine>) {
  const points = rows(vectors.points)
  const engineOf = async (definition: string) => {
    const { snapshot, issues } = control.compile(definition)
    if (snapshot === undefined || issues.length > 0) throw new Error(`it has ${issues.length} issues`)
    return load(snapshot)
  }
  const engines = [await engineOf(drawing(points)), await engineOf(vectors.definition)] as const
  const wrong = [
    ...points.filter(isAnother).map((row) => `computed otherwise: ${row}`),
    ...drawnOtherwise(engines[0], points),
    ...answeredOtherwise(engines[1], vectors),
  ]
  for (const engine of engines) engine.free()
  return { points: points.length, answers: rows(vectors.answers).length, wrong }
}

/** What the plain evaluator of `tests/oracle` answers for random definitions, a line each. */
interface RandomLine {
  readonly definition: unknown
  readonly asked: readonly { context: Context; now: number; answers: Record<string, Partial<Outcome>> }[]
}

const COMPARED = ['variant', 'reason', 'rule', 'arm', 'sticky'] as const

const isOther = (outcome: Outcome, wanted: RandomLine['asked'][number]['answers']) =>
  COMPARED.some((part) => outcome[part] !== wanted[outcome.flag]?.[part])

/** Compares the answers for random definitions, alone and among all, at the edge and at clients, and gives how many there were and what is otherwise. */
export async function runRandom(lines: string, control: Control, load: (snapshot: Uint8Array) => Promise<Engine>) {
  const wrong: string[] = []
  let answers = 0
  for (const line of lines.trimEnd().split('\n')) {
    const { definition, asked } = JSON.parse(line) as RandomLine
    for (const projection of ['edge', 'client'] as const) {
      const { snapshot } = control.compile(JSON.stringify(definition), projection)
      const engine = await load(snapshot ?? new Uint8Array())
      for (const { context, now, answers: wanted } of asked) {
        const outcomes = engine
          .evaluateAll(context, now)
          .flatMap((all) => [all, engine.evaluate(all.flag, context, now)])
        const others = outcomes.filter((outcome) => isOther(outcome, wanted))
        answers += outcomes.length
        const asked = `${now}: ${JSON.stringify(context)}, ${JSON.stringify(definition)}`
        wrong.push(...others.map(({ flag }) => `${flag} for ${projection} at ${asked}`))
      }
      engine.free()
    }
  }
  return { answers, wrong }
}

const rows = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

/** The point by a computation that has nothing to do with Fader's. */
const isAnother = ([salt = '', unit = '', point]: string[]): boolean =>
  String(murmur3(unit, murmur3(salt, 0))) !== point

/** The salts of which a definition can say that it draws with them. */
const drawn = /^(.*)\/(split|traffic)$/

/** A definition whose answers tell of points: half the traffic one bit, equal slices eight. */
function drawing(points: string[][]): string {
  const variants = Array.from({ length: SLICES }, (_, at) => `s${at}`)
  const flags = [...new Set(points.map(([salt = '']) => salt))].flatMap((salt) => {
    const [, key, purpose] = drawn.exec(salt) ?? []
    if (key === undefined) return []
    const split = { salt: key, split: Object.fromEntries(variants.map((name) => [name, 1])) }
    const rule = purpose === 'split' ? split : { salt: key, traffic: 50, serve: 's1' }
    return [
      [
        salt,
        {
          type: 'string',
          variants: Object.fromEntries(variants.map((name) => [name, name])),
          safe: 's0',
          rules: [rule],
        },
      ],
    ]
  })
  return JSON.stringify({ format: 1, environment: 'vectors', flags: Object.fromEntries(flags) })
}

function drawnOtherwise(engine: Engine, points: string[][]): string[] {
  return points.flatMap(([salt = '', unit = '', point]) => {
    const purpose = drawn.exec(salt)?.[2]
    if (purpose === undefined) return []
    const isLower = Number(point) < 2 ** 31
    const wanted = purpose === 'split' ? Math.floor(Number(point) / (2 ** 32 / SLICES)) : Number(isLower)
    const { variant } = engine.evaluate(salt, { userId: unit }, NOW)
    return variant === `s${wanted}` ? [] : [`drawn otherwise: ${salt}, ${unit}, ${variant}`]
  })
}

function answeredOtherwise(engine: Engine, vectors: Vectors): string[] {
  const contexts = vectors.contexts.trimEnd().split('\n')
  const answers = contexts.map((line) => {
    const outcomes = engine.evaluateAll(JSON.parse(line) as Context, NOW)
    return new Map(outcomes.map((outcome): [string, Outcome] => [outcome.flag, outcome]))
  })
  return rows(vectors.answers).flatMap(([flag = '', context, ...wanted]) => {
    const { variant, reason, rule = '' } = answers[Number(context)]?.get(flag) ?? {}
    const given = [variant, reason, rule].join()
    return given === wanted.join() ? [] : [`answered otherwise: ${flag}, context ${context}, ${given}`]
  })
}

/** `murmur3_x86_32`, written for this test alone. */
function murmur3(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by))
  const scramble = (word: number) => Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  const whole = bytes.length & ~3
  let hash = seed
  for (let at = 0; at < whole; at += 4) {
    hash = Math.imul(rotate(hash ^ scramble(view.getUint32(at, true)), 13), 5) + 0xe6546b64
  }
  const tail = bytes.subarray(whole).reduce((word, byte, at) => word | (byte << (8 * at)), 0)
  hash ^= scramble(tail) ^ bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

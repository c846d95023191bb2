/*
 * Runs alike in Node, workerd and Chromium, so it uses nothing that one of them has not.
 *
 * Answers travel as a line of JSON, {"answers": [text, …]}, and then an answer's index for each visitor and flag,
 * as 32-bit little-endian words. `native.rs` writes the same.
 */

/** Evaluates every flag for each visitor, a line of JSON each, and gives the answers in the form above. */
export async function answerAll({ loadEngine }, snapshot, visitors, now) {
  const engine = await loadEngine(snapshot)
  const table = new Table()
  const given = []
  for (const line of visitors.split('\n')) {
    if (line === '') continue
    const context = JSON.parse(line)
    const all = engine.evaluateAll(context, now)
    for (const outcome of all) {
      // One flag alone has to give the very same outcome as all of them at once.
      const alone = engine.evaluate(outcome.flag, context, now)
      given.push(table.index(alone === outcome ? outcome : { ...outcome, alone }))
    }
  }
  return pack(table.answers, given)
}

/** Distinct answers, in the order in which they came up. */
class Table {
  answers = []
  #indices = new Map()
  /** Outcomes are the same objects each time, so that most need not be written out. */
  #known = new WeakMap()

  index(outcome) {
    const known = this.#known.get(outcome)
    if (known !== undefined) return known
    const text = JSON.stringify(outcome)
    let index = this.#indices.get(text)
    if (index === undefined) {
      index = this.answers.push(text) - 1
      this.#indices.set(text, index)
    }
    this.#known.set(outcome, index)
    return index
  }
}

function pack(answers, given) {
  const head = new TextEncoder().encode(`${JSON.stringify({ answers })}\n`)
  const bytes = new Uint8Array(head.length + given.length * 4)
  bytes.set(head)
  const view = new DataView(bytes.buffer, head.length)
  for (const [at, index] of given.entries()) view.setUint32(at * 4, index, true)
  return bytes
}

/** Gives the head of packed answers, and for each visitor and flag the answer's text. */
export function unpack(bytes) {
  const end = bytes.indexOf(10)
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))
  const view = new DataView(bytes.buffer, bytes.byteOffset + end + 1)
  const answers = head.answers.map(canonical)
  const given = Array.from({ length: view.byteLength / 4 }, (_, at) => answers[view.getUint32(at * 4, true)])
  return { ...head, given }
}

/** Two texts of the same JSON value become the same text: names in order, and each number in JavaScript's way. */
function canonical(text) {
  const sorted = (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value
  return JSON.stringify(JSON.parse(text), sorted)
}

/** Joins a snapshot and the visitors into one body. */
export function request(snapshot, visitors) {
  const text = new TextEncoder().encode(visitors)
  const bytes = new Uint8Array(4 + snapshot.length + text.length)
  new DataView(bytes.buffer).setUint32(0, snapshot.length, true)
  bytes.set(snapshot, 4)
  bytes.set(text, 4 + snapshot.length)
  return bytes
}

/** Takes such a body apart. */
export function parseRequest(buffer) {
  const end = 4 + new DataView(buffer).getUint32(0, true)
  return {
    snapshot: new Uint8Array(buffer.slice(4, end)),
    visitors: new TextDecoder().decode(new Uint8Array(buffer, end)),
  }
}

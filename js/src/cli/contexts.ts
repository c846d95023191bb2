import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { loadEngine } from '../entrypoints/node.js'
import { ALONE_BYTES, PIECES_AHEAD, pieces } from './batch.js'
import { add, Comparison, emptyTally, type Tally } from './comparison.js'
import { Threads } from './threads.js'

const SHOW_EVERY_MS = 200

/** Two snapshots, and the instant at which contexts are evaluated. */
export interface Versions {
  readonly old: Uint8Array
  readonly later: Uint8Array
  readonly now: number
}

/** Evaluates the contexts of a file, a line each, under two definitions, without ever holding them all. */
export async function compareContexts(versions: Versions, file: string): Promise<Tally> {
  const { old, later, now } = versions
  const count = availableParallelism()
  const comparison = new Comparison(await loadEngine(old), await loadEngine(later), now)
  const sum = emptyTally()
  const progress = new Progress(file)
  const waiting: (Tally | Promise<Tally>)[] = []
  let threads: Threads<Tally> | undefined
  let alone = count > 1 ? ALONE_BYTES : Number.POSITIVE_INFINITY
  const take = async () => {
    const tally = waiting.shift()
    if (tally !== undefined) add(sum, await tally)
  }
  for await (const piece of pieces(file)) {
    alone -= piece.bytes.length
    if (alone < 0) threads ??= new Threads(new URL('./comparison-thread.js', import.meta.url), versions, count)
    const tally = threads?.answer(piece) ?? comparison.of(piece)
    // Whoever takes it is told. Until then nobody does, and that is no failure of the process.
    if (tally instanceof Promise) tally.catch(() => {})
    waiting.push(tally)
    if (waiting.length > (threads === undefined ? 0 : count * PIECES_AHEAD)) await take()
    progress.show(piece.bytes.length, sum)
  }
  while (waiting.length > 0) await take()
  await threads?.close()
  progress.end()
  return sum
}

/** Says on a terminal how far it is. */
class Progress {
  readonly #all: number | undefined
  #bytes = 0
  #shown = Date.now()
  #isShown = false

  constructor(file: string) {
    this.#all = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size
  }

  show(bytes: number, { contexts, changed }: Tally): void {
    this.#bytes += bytes
    if (!process.stderr.isTTY || Date.now() - this.#shown < SHOW_EVERY_MS) return
    this.#shown = Date.now()
    this.#isShown = true
    const part = this.#all ? `${Math.floor((100 * this.#bytes) / this.#all)} %, ` : ''
    process.stderr.write(`\r${part}${contexts} contexts, ${changed} with another answer \u001b[K`)
  }

  end(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K')
  }
}

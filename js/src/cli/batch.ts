import { createReadStream } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Engine } from '../types.js'
import { Answers, type Piece } from './answer.js'
import { CommandError, messageOf } from './command.js'
import { type Task, Threads } from './threads.js'

const PIECE_BYTES = 1 << 18
/** So much is answered here by the time that a thread has started. */
export const ALONE_BYTES = 1 << 20
/** How many pieces may be on their way for each thread, so that none waits for work, and memory has an end. */
export const PIECES_AHEAD = 3
const LINE_END = 10

/** Answers JSON lines of {flag, context, now?}, in order, a line each. */
export async function runBatch(engine: Engine, task: Task, file: string): Promise<void> {
  const count = availableParallelism()
  const answers = new Answers(engine, task.now)
  const waiting: Promise<void>[] = []
  let threads: Threads<string> | undefined
  let alone = count > 1 ? ALONE_BYTES : Number.POSITIVE_INFINITY
  let written = Promise.resolve()
  for await (const piece of pieces(file)) {
    alone -= piece.bytes.length
    if (alone < 0) threads ??= new Threads(new URL('./thread.js', import.meta.url), task, count)
    const answered = threads?.answer(piece) ?? answers.to(piece)
    written = inOrder(written, answered)
    waiting.push(written)
    if (waiting.length > (threads === undefined ? 0 : count * PIECES_AHEAD)) await waiting.shift()
  }
  await written
  await threads?.close()
}

/** Writes answers after those before them, no faster than they are taken. */
function inOrder(before: Promise<void>, answered: string | Promise<string>): Promise<void> {
  const written = Promise.all([answered, before]).then(([text]) => write(text))
  // Whoever waits for it is told. Until then nobody does, and that is no failure of the process.
  written.catch(() => {})
  return written
}

/** The process ends when its output cannot be written, so there is no failure to tell. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve())
  })
}

/** Reads a file as pieces that end where lines end. */
export async function* pieces(file: string): AsyncGenerator<Piece> {
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: PIECE_BYTES })
  let rest: Uint8Array[] = []
  let first = 1
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const end = chunk.lastIndexOf(LINE_END) + 1
      if (end > 0) {
        const bytes = Buffer.concat([...rest, chunk.subarray(0, end)])
        yield { bytes, first }
        first += countLines(bytes)
        rest = []
      }
      rest.push(chunk.subarray(end))
    }
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${messageOf(cause)}`)
  }
  const bytes = Buffer.concat(rest)
  if (bytes.length > 0) yield { bytes, first }
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1
  return count
}

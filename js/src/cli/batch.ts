import { createReadStream } from 'node:fs'
import type { Context, Engine, ErrorCode, Outcome } from '../types.js'
import { CommandError } from './command.js'
import { parseTime } from './time.js'

const CHUNK_BYTES = 1 << 16

/** Answers JSON lines of {flag, context, now?}, in order, a line each. */
export async function runBatch(engine: Engine, file: string, now: number): Promise<void> {
  const write = writer()
  let number = 0
  for await (const line of lines(file)) {
    number += 1
    await write(answer(engine, line, number, now))
  }
  await write(undefined)
}

/** Outcomes are the same objects each time, so each is written out once. */
const written = new WeakMap<Outcome, string>()

function answer(engine: Engine, line: string, number: number, now: number): string {
  let request: unknown
  try {
    request = JSON.parse(line)
  } catch (cause) {
    return refuse('PARSE_ERROR', `line ${number} is not JSON: ${cause instanceof Error ? cause.message : cause}`)
  }
  if (typeof request !== 'object' || request === null) {
    return refuse('PARSE_ERROR', `line ${number} is no object; write {"flag": …, "context": …}`)
  }
  const { flag, context = {}, now: time = now } = request as { flag?: unknown; context?: Context; now?: unknown }
  if (typeof flag !== 'string') return refuse('PARSE_ERROR', `line ${number} names no flag; write {"flag": "key", …}`)
  const instant = parseTime(time)
  if (instant === undefined) {
    return refuse(
      'PARSE_ERROR',
      `\`now\` in line ${number} is no instant; write RFC 3339, or milliseconds since 1970`,
      flag,
    )
  }
  const outcome = engine.evaluate(flag, context, instant)
  let text = written.get(outcome)
  if (text === undefined) {
    text = JSON.stringify(outcome)
    written.set(outcome, text)
  }
  return text
}

function refuse(errorCode: ErrorCode, errorMessage: string, flag: string | null = null): string {
  return JSON.stringify({ flag, value: null, variant: null, reason: 'ERROR', errorCode, errorMessage })
}

async function* lines(file: string): AsyncGenerator<string> {
  const stream = file === '-' ? process.stdin : createReadStream(file)
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } catch (cause) {
    throw new CommandError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`)
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

/** Collects lines and writes them in pieces, no faster than they are taken. */
function writer(): (line: string | undefined) => Promise<void> {
  let waiting: string[] = []
  let bytes = 0
  return async (line) => {
    if (line !== undefined) {
      waiting.push(line)
      bytes += line.length
      if (bytes < CHUNK_BYTES) return
    }
    if (waiting.length === 0) return
    const piece = `${waiting.join('\n')}\n`
    waiting = []
    bytes = 0
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(piece, (error) => (error ? reject(error) : resolve()))
    })
  }
}

import { Worker } from 'node:worker_threads'
import type { Piece } from './answer.js'

/** What all threads do the same. */
export interface Task {
  readonly snapshot: Uint8Array
  readonly now: number
}

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(cause: Error): void
}

/** Reading JSON takes most of the time of a batch, so it is done on all processors. */
export class Threads<Answer> {
  readonly #threads: readonly Thread<Answer>[]
  #turn = 0

  /** All threads run one script, and get one task. */
  constructor(script: URL, task: unknown, count: number) {
    this.#threads = Array.from({ length: count }, () => new Thread<Answer>(script, task))
  }

  /** Answers a piece on the thread whose turn it is. */
  async answer(piece: Piece): Promise<Answer> {
    this.#turn = (this.#turn + 1) % this.#threads.length
    const thread = this.#threads[this.#turn]
    if (thread === undefined) throw new Error('there are no threads')
    return await thread.answer(piece)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}

class Thread<Answer> {
  readonly #worker: Worker
  /** A thread answers in the order in which it is asked. */
  readonly #waiting: Waiting<Answer>[] = []

  constructor(script: URL, task: unknown) {
    this.#worker = new Worker(script, { workerData: task })
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', (cause: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(cause)
    })
  }

  answer(piece: Piece): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(piece)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

import { Worker } from 'node:worker_threads'
import type { Piece } from './answer.js'

/** What all threads do the same. */
export interface Task {
  readonly snapshot: Uint8Array
  readonly now: number
}

interface Waiting {
  resolve(answers: string): void
  reject(cause: Error): void
}

/** Reading JSON takes most of the time of a batch, so it is done on all processors. */
export class Threads {
  readonly #threads: readonly Thread[]
  #turn = 0

  constructor(task: Task, count: number) {
    this.#threads = Array.from({ length: count }, () => new Thread(task))
  }

  /** Answers a piece on the thread whose turn it is. */
  async answer(piece: Piece): Promise<string> {
    this.#turn = (this.#turn + 1) % this.#threads.length
    const thread = this.#threads[this.#turn]
    if (thread === undefined) throw new Error('there are no threads')
    return await thread.answer(piece)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }
}

class Thread {
  readonly #worker: Worker
  /** A thread answers in the order in which it is asked. */
  readonly #waiting: Waiting[] = []

  constructor(task: Task) {
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: task })
    this.#worker.on('message', (answers: string) => this.#waiting.shift()?.resolve(answers))
    this.#worker.on('error', (cause: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(cause)
    })
  }

  answer(piece: Piece): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(piece)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

import { random } from '../../benches/edge/quantile.mjs'

const real = { setTimeout, clearTimeout, setImmediate, now: Date.now, random: Math.random }

/** Timers that are due within so many milliseconds of each other run together. */
const GRAIN_MS = 5

/**
 * Time that passes when it is told to. While it is installed, timers, the clock and the dice are its own, so a thousand
 * clients live through hours in seconds, and always the same. What is not a timer, such as WebAssembly's compiler, takes
 * real time, during which this time stands.
 */
export class VirtualTime {
  now = 0
  #timers = new Map()
  #heap = []
  #next = 1
  #random

  constructor(seed) {
    this.#random = random(seed)
  }

  install() {
    globalThis.setTimeout = (work, delayMs = 0, ...given) => this.#set(() => work(...given), delayMs)
    globalThis.clearTimeout = (timer) => this.#timers.delete(timer?.id ?? timer)
    Date.now = () => Math.floor(this.now)
    Math.random = this.#random
    return () => {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout })
      Date.now = real.now
      Math.random = real.random
    }
  }

  /** Lets time pass until then, and whatever comes of it. */
  async until(instant) {
    while (this.#heap.length > 0 && this.#heap[0].at <= instant) {
      const until = this.#heap[0].at + GRAIN_MS
      while (this.#heap.length > 0 && this.#heap[0].at <= until) this.#run(this.#pop())
      await settled()
    }
    this.now = instant
  }

  #set(work, delayMs) {
    const timer = { id: this.#next++, at: this.now + Math.max(0, Number(delayMs) || 0), work }
    this.#timers.set(timer.id, timer)
    this.#push(timer)
    const self = {
      id: timer.id,
      ref: () => self,
      unref: () => self,
      hasRef: () => false,
      [Symbol.toPrimitive]: () => timer.id,
    }
    return self
  }

  #run(timer) {
    this.now = Math.max(this.now, timer.at)
    if (this.#timers.delete(timer.id)) timer.work()
  }

  #push(timer) {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    for (let parent = (at - 1) >> 1; at > 0 && heap[parent].at > heap[at].at; parent = (at - 1) >> 1) {
      ;[heap[parent], heap[at]] = [heap[at], heap[parent]]
      at = parent
    }
  }

  #pop() {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (heap.length === 0) return first
    heap[0] = last
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (left < heap.length && heap[left].at < heap[least].at) least = left
      if (right < heap.length && heap[right].at < heap[least].at) least = right
      if (least === at) return first
      ;[heap[least], heap[at]] = [heap[at], heap[least]]
      at = least
    }
  }
}

/** Settles when everything has run that was waiting for nothing but its turn. */
export async function settled() {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => real.setImmediate(resolve))
}

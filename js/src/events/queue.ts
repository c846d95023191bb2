import type { Units } from '../answers.js'
import type { Batch, Event, Loss } from './event.js'

/** What a batch has at most, and so a beacon: browsers take 64 KiB of all that is under way while a page ends. */
export const MOST_BATCH_BYTES = 60_000
/** What may wait of one life. */
const MOST_BYTES = 200_000
/** What a batch has beside its events and units. */
const FRAME_BYTES = 400
/** What an event costs beside its own text: the place of its units, and commas. */
const PLACE_BYTES = 24

/** An event as text, so that it is written out once, however often it is kept and sent. */
interface Item {
  readonly n: number
  readonly at: number
  readonly units: string
  /** All of the event but its brace and its units, whose place is another in each batch. */
  readonly text: string
  readonly bytes: number
}

/** What is kept of a life, which is a batch that says how far it may have been sent. */
export interface Kept extends Batch {
  readonly tried: number
}

/** What one life recorded and nobody has acknowledged yet, in the order of its numbers. */
export class Queue {
  readonly life: string
  readonly dropped: Partial<Record<Loss, number>> = {}
  /** When it was last kept, where it comes from a life that is over. */
  readonly at: number
  /** The last number that was given. */
  n = 0
  /** Up to here events were posted, and up to there given to beacons, and may have arrived though nobody said so. */
  tried = 0
  beaconed = 0
  /** How many of those that were dropped the worker knows of. */
  told = 0
  /** Whether it is otherwise than it was kept. */
  isChanged = false
  #items: Item[] = []
  #bytes = 0

  constructor(life: string, at = 0) {
    this.life = life
    this.at = at
  }

  /** Reads what was kept. Throws where it is something else. */
  static of(life: string, text: string): Queue {
    const { sent, tried, dropped, units, events } = JSON.parse(text) as Kept
    const queue = new Queue(life, sent)
    for (const { units: place, ...event } of events) queue.#push(event, JSON.stringify(units[place]))
    queue.tried = tried
    queue.beaconed = tried
    Object.assign(queue.dropped, dropped)
    return queue
  }

  /** Up to here events may be with the worker. */
  get doubt(): number {
    return Math.max(this.tried, this.beaconed)
  }

  get bytes(): number {
    return this.#bytes
  }

  get lost(): number {
    return Object.values(this.dropped).reduce((sum, count) => sum + count, 0)
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  /** Whether there is something to tell. */
  get hasNews(): boolean {
    return !this.isEmpty || this.lost > this.told
  }

  /** Gives the next number to an event, and says whether there was room for it. */
  add(units: string, event: Omit<Event, 'n' | 'units'>): boolean {
    this.n += 1
    this.isChanged = true
    const isIn = this.#push({ n: this.n, ...event }, units)
    if (!isIn) this.lose('overflow')
    return isIn
  }

  /** Gives the next number to an event that is one too many. */
  skip(): void {
    this.n += 1
    this.lose('overflow')
  }

  lose(loss: Loss, count = 1): void {
    if (count > 0) this.dropped[loss] = (this.dropped[loss] ?? 0) + count
    this.isChanged = true
  }

  /**
   * Drops those that are such. What may have arrived is not counted: if it did not, its number is missing at the worker,
   * which is how that is known.
   */
  drop(loss: Loss, isSuch: (item: { readonly n: number; readonly at: number }) => boolean): void {
    const dropped = this.#items.filter(isSuch)
    this.#keep(this.#items.filter((item) => !isSuch(item)))
    this.lose(loss, dropped.filter(({ n }) => n > this.doubt).length)
  }

  /** Those up to this number are with the worker. */
  settle(n: number): void {
    this.#keep(this.#items.filter((item) => item.n > n))
  }

  /** As many as go into a batch, of those above a number. */
  pick(above: number, most = Infinity): readonly Item[] {
    let room = MOST_BATCH_BYTES - FRAME_BYTES
    const waiting = this.#items.filter(({ n }) => n > above).slice(0, most)
    const end = waiting.findIndex(({ bytes }) => {
      room -= bytes
      return room < 0
    })
    return end < 0 ? waiting : waiting.slice(0, end)
  }

  /** The text of a batch. */
  batch(items: readonly Item[], sent: number): string {
    return this.#write({ format: 1, life: this.life, sent, dropped: this.dropped }, items)
  }

  /** The text that `of` reads. */
  kept(sent: number): string {
    return this.#write({ format: 1, life: this.life, sent, tried: this.doubt, dropped: this.dropped }, this.#items)
  }

  /** The same, without the events: those that may be with the worker are missing there, and all others are lost. */
  emptied(sent: number): string {
    const lost = this.#items.filter(({ n }) => n > this.doubt).length
    const dropped = { ...this.dropped, overflow: (this.dropped.overflow ?? 0) + lost }
    return this.#write({ format: 1, life: this.life, sent, tried: this.doubt, dropped }, [])
  }

  #write(head: Omit<Kept, 'units' | 'events' | 'tried'> & { tried?: number }, items: readonly Item[]): string {
    const places = new Map<string, number>()
    const events = items.map(({ units, text }) => {
      const place = places.get(units) ?? places.size
      places.set(units, place)
      return `{"units":${place},${text}`
    })
    return `${JSON.stringify(head).slice(0, -1)},"units":[${[...places.keys()]}],"events":[${events}]}`
  }

  #push(event: Omit<Event, 'units'>, units: string): boolean {
    const text = JSON.stringify(event).slice(1)
    const bytes = new TextEncoder().encode(units + text).length + PLACE_BYTES
    if (bytes > MOST_BATCH_BYTES - FRAME_BYTES || this.#bytes + bytes > MOST_BYTES) return false
    this.#items.push({ n: event.n, at: event.at, units, text, bytes })
    this.#bytes += bytes
    return true
  }

  #keep(items: Item[]): void {
    this.#items = items
    this.#bytes = items.reduce((sum, { bytes }) => sum + bytes, 0)
    this.isChanged = true
  }
}

/** The text by which units are told apart. */
export const textOf = (units: Units): string => JSON.stringify(units)

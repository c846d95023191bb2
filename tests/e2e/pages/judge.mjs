const FALLBACK = -1

/**
 * Says whether what one tab was read to give is right: the answer of one published revision for the tab's context, or
 * what was read first of a flag since the units changed, unless the flag is live or killed.
 */
export class Judge {
  #settings
  #notes = []
  #context
  #page = new Map()
  #session = new Map()
  #units

  constructor(settings) {
    this.#settings = settings
  }

  open(context) {
    this.#notes.push({ open: context })
  }

  identify(context) {
    this.#notes.push({ identify: context })
  }

  note(read) {
    this.#notes.push(read)
  }

  wrongs() {
    const wrong = []
    let reads = 0
    for (const note of this.#notes.splice(0)) {
      if (note.open !== undefined) this.#open(note.open)
      else if (note.identify !== undefined) this.#move(note.identify)
      else {
        reads += 1
        const right = this.#expect(note)
        if (note.value !== right)
          wrong.push(
            `${note.flag} gave ${note.value} at revision ${note.revision} to context ${this.#context}, and ${right} is right`,
          )
      }
    }
    return { reads, wrong }
  }

  #open(context) {
    this.#page = new Map()
    this.#move(context)
    for (const [flag, value] of this.#session) this.#page.set(flag, value)
  }

  #move(context) {
    const { userId } = this.#settings.contexts[context]
    if (this.#units !== userId) {
      this.#page = new Map()
      this.#session = new Map()
    }
    this.#units = userId
    this.#context = context
  }

  #expect({ flag, revision }) {
    if (revision === undefined) return this.#page.get(flag) ?? FALLBACK
    const newest = this.#settings.answers[revision]?.[this.#context][flag]
    if (newest === undefined) return 'nothing, because it was never published,'
    const isFree = newest.reason === 'DISABLED' || newest.stability === 'live'
    if (!isFree && this.#page.has(flag)) return this.#page.get(flag)
    if (newest.stability === 'live') this.#page.delete(flag)
    else this.#page.set(flag, newest.value)
    if (newest.stability === 'session') this.#session.set(flag, newest.value)
    return newest.value
  }
}

import type { Answers, Feed } from './answers.js'
import type { localAnswers } from './local-feed.js'
import type { Beginning } from './start.js'
import type { Context, Control, Engine } from './types.js'

/** Compiles a definition that its host hands over, and evaluates that. There is never another. */
export class DefinitionFeed implements Feed {
  readonly #beginning: Beginning
  readonly #control: Control
  readonly #answersOf: typeof localAnswers
  #engine: Engine | undefined

  /** Given `localAnswers`, so that its code need not stand in a file of its own. */
  constructor(beginning: Beginning, control: Control, answersOf: typeof localAnswers) {
    this.#answersOf = answersOf
    this.#beginning = beginning
    this.#control = control
  }

  get revision(): number | undefined {
    return this.#engine?.revision
  }

  async refresh(): Promise<boolean> {
    if (this.#engine) return false
    const { definition, projection = 'edge' } = this.#beginning.options
    const text = typeof definition === 'string' ? definition : JSON.stringify(definition)
    const { issues, snapshot } = this.#control.compile(text, projection)
    const [first] = issues
    const fault = first && new Error(`the definition has issues: ${first.path}: ${first.message}; ${first.mend}`)
    if (snapshot === undefined) throw fault ?? new Error('that is no definition')
    // A flag with an issue says so itself; the others work.
    if (fault) this.#beginning.report(fault)
    this.#engine = this.#control.load(snapshot)
    return true
  }

  answer(context: Context): Answers {
    if (!this.#engine) throw new Error('there is no definition yet')
    return this.#answersOf(this.#engine, context, () => false)
  }

  close(): void {}
}

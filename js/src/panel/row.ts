import { isOverridden } from '../overrides.js'
import type { Client, ExplainedStep, Explanation, Outcome } from '../types.js'
import { button, element } from './element.js'

const KEPT = { live: 'changes at once', page: 'kept for the page', session: 'kept for the session' } as const

/** One flag of the list. */
export class Row {
  readonly item: HTMLLIElement
  readonly #client: Client
  readonly #head: HTMLButtonElement
  readonly #about = element('p', { class: 'about' })
  readonly #more = element('div', { class: 'more', hidden: '' })
  readonly #choice: ((outcome: Outcome) => Node) | undefined
  #outcome: Outcome

  constructor(outcome: Outcome, client: Client, choice: ((outcome: Outcome) => Node) | undefined) {
    this.#client = client
    this.#choice = choice
    this.#outcome = outcome
    this.#head = button('', () => this.#turn(), { class: 'flag', 'aria-expanded': 'false' })
    this.item = element('li', { 'data-flag': outcome.flag }, this.#head, this.#about, this.#more)
    this.#paint()
  }

  /** Shows another outcome of the same flag. */
  show(outcome: Outcome): void {
    if (outcome === this.#outcome) return
    this.#outcome = outcome
    this.#paint()
    if (!this.#more.hidden) void this.#explain()
  }

  #paint(): void {
    const { flag, variant, errorCode } = this.#outcome
    this.#head.replaceChildren(
      element('b', {}, flag),
      element('span', { class: 'variant' }, variant ?? errorCode ?? 'no answer'),
    )
    const { reason, rule, arm, stability = 'page' } = this.#outcome
    const isPreview = isOverridden(this.#outcome)
    const said = isPreview ? [] : [reason, rule && `rule ${rule}`, arm, KEPT[stability]]
    this.#about.replaceChildren(
      ...(isPreview ? [element('span', { class: 'mark' }, 'from a preview')] : []),
      said.filter(Boolean).join(' · '),
    )
  }

  #turn(): void {
    this.#more.hidden = !this.#more.hidden
    this.#head.setAttribute('aria-expanded', String(!this.#more.hidden))
    if (!this.#more.hidden) void this.#explain()
  }

  async #explain(): Promise<void> {
    const outcome = this.#outcome
    const value = element('code', {}, JSON.stringify(outcome.value))
    const choice = this.#choice?.(outcome)
    this.#more.replaceChildren(value, ...(choice ? [choice] : []))
    const explanation = await this.#client.explain(outcome.flag)
    // Meanwhile there may be another answer, which is explained by now.
    if (outcome === this.#outcome) value.after(...explained(explanation, outcome))
  }
}

function explained({ steps, variant }: Explanation, shown: Outcome): Node[] {
  const isHeld = variant !== null && variant !== shown.variant && !isOverridden(shown)
  return [
    ...(isHeld ? [element('p', { class: 'mark' }, `held: the rules give ${variant} now`)] : []),
    steps.length > 0
      ? element('ol', { class: 'steps' }, ...steps.map(stepOf))
      : element('p', { class: 'why' }, 'It cannot be explained here: it was answered elsewhere.'),
  ]
}

function stepOf({ step, rule, decided, because, tests }: ExplainedStep): Node {
  const name = rule === undefined ? step : `${step} ${rule}`
  const asked = tests.map((test) => element('li', {}, `${test.held ? '✓' : '✗'} ${test.asked}: ${test.because}`))
  const list = asked.length > 0 && element('ol', {}, ...asked)
  return element('li', decided ? { class: 'decided' } : {}, `${name}: ${because}`, list)
}

import { isOverridden, isProduction } from './overrides.js'
import { type ChoiceOptions, choiceOf, leave, type Variants } from './panel/choice.js'
import { button, element } from './panel/element.js'
import { Row } from './panel/row.js'
import { styleSheet } from './panel/style.js'
import type { Client, ClientOptions, Outcome } from './types.js'

export type { Variants } from './panel/choice.js'

export interface PanelOptions {
  /** `any` lets choose other answers, as the client was told; never in production. */
  readonly overrides?: ClientOptions['overrides']
  /** What the client was given, so that both keep a preview in the same place. */
  readonly session?: NonNullable<ClientOptions['session']>
  /** The flags' variants to choose from. Without them one writes a value. */
  readonly variants?: Variants
}

/** A panel that is open. */
export interface Panel {
  close(): void
}

/** Shows on top of the page what its flags give to whoever looks at it, and why. Escape closes it. */
export function openPanel(client: Client, options: PanelOptions = {}): Panel {
  const before = document.activeElement
  const host = document.createElement('fader-panel')
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [styleSheet()]
  const close = () => {
    stop()
    host.remove()
    if (before instanceof HTMLElement) before.focus()
  }
  const list = new List(client, { client, variants: {}, ...options }, options.overrides === 'any')
  root.append(list.section)
  list.end.append(button('Close', close))
  const stop = client.subscribe(() => list.show())
  host.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })
  document.body.append(host)
  list.filter.focus()
  return { close }
}

/** The flags, and above them how the client stands. */
class List {
  readonly end = element('div', { class: 'actions' })
  readonly filter = element('input', { type: 'search', 'aria-label': 'Find a flag', placeholder: 'Find a flag' })
  readonly section: HTMLElement
  readonly #client: Client
  readonly #options: ChoiceOptions
  readonly #mayChoose: boolean
  readonly #standing = element('p', { role: 'status' })
  readonly #leave: HTMLButtonElement
  readonly #list = element('ul')
  readonly #rows = new Map<string, Row>()

  constructor(client: Client, options: ChoiceOptions, mayChoose: boolean) {
    this.#client = client
    this.#options = options
    this.#mayChoose = mayChoose
    this.#leave = button('Leave the preview', () => leave(options))
    this.end.append(this.#leave)
    const title = element('div', {}, element('h2', {}, 'Feature flags'), this.#standing)
    const head = element('header', {}, title, this.end, this.filter)
    this.section = element('section', { role: 'dialog', 'aria-label': 'Feature flags' }, head, this.#list)
    this.filter.addEventListener('input', () => this.#sift())
    this.show()
  }

  show(): void {
    const { status, environment, revision } = this.#client
    this.#standing.textContent =
      revision === undefined ? `no answers: ${status}` : `${environment}, revision ${revision}, ${status}`
    const all = [...this.#client.all()].sort((a, b) => (a.flag < b.flag ? -1 : 1))
    this.#leave.hidden = !all.some(isOverridden)
    this.#drop(new Set(all.map(({ flag }) => flag)))
    // What is there already is not moved, because it would lose the focus.
    all.forEach((outcome, at) => {
      const { item } = this.#rowOf(outcome)
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null)
    })
    this.#sift()
  }

  #drop(known: ReadonlySet<string>): void {
    for (const [flag, { item }] of this.#rows) {
      if (known.has(flag)) continue
      item.remove()
      this.#rows.delete(flag)
    }
  }

  #rowOf(outcome: Outcome): Row {
    const known = this.#rows.get(outcome.flag)
    known?.show(outcome)
    const row = known ?? new Row(outcome, this.#client, this.#choice())
    this.#rows.set(outcome.flag, row)
    return row
  }

  #choice(): ((outcome: Outcome) => Node) | undefined {
    const { environment } = this.#client
    const may = this.#mayChoose && environment !== undefined && !isProduction(environment)
    return may ? (outcome) => choiceOf(outcome, this.#options) : undefined
  }

  #sift(): void {
    const wanted = this.filter.value.trim().toLowerCase()
    for (const [flag, { item }] of this.#rows) item.hidden = !flag.toLowerCase().includes(wanted)
  }
}

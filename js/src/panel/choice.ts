import { isOverridden, type Preview, readUnsigned, unsignedPreview } from '../overrides.js'
import { keepPreview, previewAsked, previewParameter } from '../preview.js'
import type { Client, Memory, Outcome, Value } from '../types.js'
import { button, element } from './element.js'

/** How long what was chosen here holds, at most: as long as a day of work. */
const HOLDS_MS = 12 * 60 * 60 * 1000

/** The names and values of each flag's variants, where the program knows them. */
export type Variants = Readonly<Record<string, Readonly<Record<string, Value>>>>

export interface ChoiceOptions {
  readonly client: Client
  readonly variants: Variants
  readonly session?: Memory
}

type Answers = Preview['answers']

/** What one chooses another answer of a flag with. It holds after a reload, which the page then does. */
export function choiceOf(outcome: Outcome, options: ChoiceOptions): HTMLFormElement {
  const { flag } = outcome
  const named = options.variants[flag]
  const field = named ? choiceOfName(named, outcome) : choiceOfValue(outcome)
  const wrong = element('p', { class: 'wrong', role: 'alert' })
  const remove = isOverridden(outcome) && button('As the rules say', () => choose(options, { [flag]: undefined }))
  const form = element(
    'form',
    {},
    element('label', {}, named ? 'Variant' : 'Value, as JSON', field),
    wrong,
    element('div', { class: 'actions' }, element('button', {}, 'Show me this'), remove),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    try {
      choose(options, { [flag]: named ? nameChosen(field.value, named) : valueChosen(field.value) })
    } catch {
      wrong.textContent = 'This is no JSON.'
    }
  })
  return form
}

/** Leaves every preview, also one that somebody signed. */
export function leave(options: ChoiceOptions): void {
  keepPreview(options, undefined)
  showAgain()
}

function choiceOfName(named: Variants[string], { variant }: Outcome): HTMLSelectElement {
  const options = Object.keys(named).map((name) =>
    element('option', { value: name, ...(name === variant && { selected: '' }) }, name),
  )
  return element('select', {}, ...options)
}

function choiceOfValue({ value }: Outcome): HTMLTextAreaElement | HTMLSelectElement {
  if (typeof value === 'boolean') return choiceOfName({ true: true, false: false }, { variant: `${value}` } as Outcome)
  return element('textarea', { spellcheck: 'false' }, JSON.stringify(value, undefined, 2))
}

const nameChosen = (variant: string, named: Variants[string]) => ({ variant, value: named[variant] as Value })

function valueChosen(text: string): Answers[string] {
  const value: Value | null = JSON.parse(text)
  if (value === null) throw new Error('null is no value')
  return { variant: typeof value === 'object' ? 'chosen' : String(value), value }
}

function choose(options: ChoiceOptions, chosen: Readonly<Record<string, Answers[string] | undefined>>): void {
  const environment = options.client.environment ?? ''
  const all = Object.entries({ ...chosenBefore(options), ...chosen })
  const answers = Object.fromEntries(all.flatMap(([flag, answer]) => (answer ? [[flag, answer]] : [])))
  const issued = Date.now()
  const preview = { environment, document: 'preview', issued, expires: issued + HOLDS_MS, answers } as const
  keepPreview(options, Object.keys(answers).length > 0 ? unsignedPreview(preview) : undefined)
  showAgain()
}

/** What was chosen before goes on. What somebody signed is not ours to change, and ends. */
function chosenBefore(options: ChoiceOptions): Answers {
  try {
    return readUnsigned(previewAsked(options) ?? '').answers
  } catch {
    return {}
  }
}

/** The address may ask for a preview of its own, which would go before what was chosen. */
function showAgain(): void {
  const address = new URL(location.href)
  address.searchParams.delete(previewParameter)
  if (address.href !== location.href) history.replaceState(history.state, '', address)
  location.reload()
}

export interface Option {
  readonly id: string
  readonly title: string
  readonly text?: string
}

interface Props {
  readonly legend: string
  readonly name: string
  readonly options: readonly Option[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

/** One of several. */
export function Choice({ legend, name, options, chosen, onChoose }: Props) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map(({ id, title, text }) => (
        <label key={id} className="choice__option">
          <input type="radio" name={name} value={id} checked={id === chosen} onChange={() => onChoose(id)} />
          <span className="choice__title">{title}</span>
          {text !== undefined && <span className="choice__text">{text}</span>}
        </label>
      ))}
    </fieldset>
  )
}

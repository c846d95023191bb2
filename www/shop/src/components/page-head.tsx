interface Props {
  readonly title: string
  readonly text?: string
}

/** The heading of a page. It takes the focus when the page changes, so that a screen reader says where one is. */
export function PageHead({ title, text }: Props) {
  return (
    <header className="page-head">
      <h1 tabIndex={-1}>{title}</h1>
      {text !== undefined && <p>{text}</p>}
    </header>
  )
}

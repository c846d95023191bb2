type Content = Node | string | undefined | false

/** Makes an element. What is shown is text and never markup, so that it works under any policy for types and styles. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...content.filter((one) => one !== undefined && one !== false))
  return made
}

/** A button that does something. */
export function button(text: string, work: () => void, attributes: Readonly<Record<string, string>> = {}) {
  const made = element('button', { type: 'button', ...attributes }, text)
  made.addEventListener('click', work)
  return made
}

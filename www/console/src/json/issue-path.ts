/** One step of a path into a document: a member's name, or the place in a list. */
export type Step = string | number

const STEP = /\.?([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy

/** Reads the path of an issue, such as `flags["a.b"].rules[2].split`. */
export function parseIssuePath(path: string): readonly Step[] {
  return Array.from(path.matchAll(STEP), ([, name, index, quoted]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? (name ?? '') : unquoted(quoted)
  })
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

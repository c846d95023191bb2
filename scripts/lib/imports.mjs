const comment = /\/\*[\s\S]*?\*\/|\/\/.*/
const quoted = {
  /** Strings may hold line breaks, `'"'` is a character, and a lone quote is a lifetime. */
  rust: /'(?:\\.|[^\\'\n])'|r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"/,
  script: /(["'`])(?:\\[\s\S]|(?!\1)[^\\\n])*\1/,
}
const either = Object.fromEntries(
  Object.entries(quoted).map(([language, { source }]) => [
    language,
    new RegExp(`${source}|(?<said>${comment.source})`, 'g'),
  ]),
)

/** Blanks out comments, so that what is said is not taken for what is done. Lines keep their numbers. */
export function withoutComments(source, language) {
  return source.replace(either[language], (found, ...rest) => {
    const { said } = rest.at(-1)
    return said === undefined ? found : said.replace(/[^\n]/g, ' ')
  })
}

export const lineOf = (text, index) => text.slice(0, index).split('\n').length

/** Every module of the crate that a Rust file names by `crate::`, as `{ name, line }`. */
export function rustImports(source) {
  const text = withoutComments(source, 'rust')
  return [...text.matchAll(/\bcrate::(?:(\w+)|\{)/g)].flatMap(({ 1: name, 0: found, index }) => {
    const line = lineOf(text, index)
    const names = name ? [name] : firstNames(text.slice(index + found.length))
    return names.map((name) => ({ name, line }))
  })
}

/** The names that a `{…}` starts its branches with; the text begins after its brace. */
function firstNames(text) {
  const names = []
  let depth = 1
  for (const [token] of text.matchAll(/[{}]|,|\w+(?:::\w+)*/g)) {
    if (token === '{') depth++
    else if (token === '}') depth--
    else if (token !== ',' && depth === 1) names.push(token.split('::')[0])
    if (depth === 0) break
  }
  return names
}

/** Every module that a TypeScript or JavaScript file names, as `{ name, line }`. */
export function scriptImports(source) {
  const text = withoutComments(source, 'script')
  const forms = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(["'`])([^"'`\n]+)\1/g
  return [...text.matchAll(forms)].map(({ 2: name, index }) => ({ name, line: lineOf(text, index) }))
}

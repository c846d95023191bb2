import { readFileSync } from 'node:fs'
import { dirname, posix, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Failure, main } from './lib/failure.mjs'
import { lineOf, rustImports, scriptImports, withoutComments } from './lib/imports.mjs'
import { longestFile, namesWasm, rust, seesBindgen, typescript, workspaces } from './lib/levels.mjs'
import { root } from './lib/paths.mjs'
import { filesIn } from './lib/stamp.mjs'
import { say } from './lib/step.mjs'

const code = /\.(rs|ts|tsx|mjs|js|css|html)$/
const script = /\.(ts|tsx|mjs|js)$/
const places = ['src', 'js', 'worker', 'www', 'tests', 'scripts', 'examples', 'benches', 'fuzz']

/** Every place where the code does not keep its own order, as `{ path, line, what, mend }`. */
export function faults(files) {
  return files.flatMap((file) => checks.flatMap((check) => check(file)))
}

function readAll() {
  return filesIn(...places)
    .map((path) => relative(root, path).replaceAll('\\', '/'))
    .filter((path) => code.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))
}

const checks = [rustLevels, bindgen, scriptLevels, borders, wasmNames, length]

function rustLevels({ path, text }) {
  const module = partOf(path, 'src/')
  if (module === undefined || module === 'lib') return []
  const wanted = rustImports(text).filter(({ name }) => /^[a-z]/.test(name))
  return climbs({ path, part: module, imports: wanted, levels: rust })
}

function scriptLevels({ path, text }) {
  const part = partOf(path, 'js/src/')
  if (part === undefined || part === 'index') return []
  const inside = scriptImports(text)
    .filter(({ name }) => name.startsWith('.'))
    .map(({ name, line }) => ({ name: partOf(posix.join(dirname(path), name), 'js/src/'), line }))
    .filter(({ name }) => name !== undefined)
  return climbs({ path, part, imports: inside, levels: typescript })
}

/** `operator` of `src/operator.rs` and of `src/operator/text.rs`. */
function partOf(path, under) {
  if (!path.startsWith(under)) return undefined
  return path
    .slice(under.length)
    .split('/')[0]
    .replace(/\.(?:rs|tsx?|js)$/, '')
}

function climbs({ path, part, imports, levels }) {
  const level = (name) => levels.findIndex((names) => names.includes(name))
  const mend = 'Add it to scripts/lib/levels.mjs, at the lowest level above all that it imports.'
  if (level(part) < 0) return [{ path, line: 1, what: `\`${part}\` has no level`, mend }]
  return imports
    .filter(({ name }) => name !== part && (level(name) < 0 || level(name) >= level(part)))
    .map(({ name, line }) => {
      const what = `\`${part}\` (level ${level(part)}) imports \`${name}\` (level ${level(name)})`
      if (level(name) < 0) return { path, line, what: `\`${name}\` has no level`, mend }
      return { path, line, what, mend: `Move what is needed below \`${part}\`, or hand it in as an argument.` }
    })
}

function bindgen({ path, text }) {
  const module = partOf(path, 'src/')
  if (module === undefined || seesBindgen.has(module)) return []
  const mend = 'Give it to the binding as plain Rust: src/wasm alone sees wasm-bindgen.'
  return found({ text, language: 'rust' }, /\b(?:wasm_bindgen|js_sys|web_sys|JsValue)\b/g).map((hit) => ({
    path,
    ...hit,
    mend,
  }))
}

function borders({ path, text }) {
  const [own] = path.split('/')
  if (!workspaces.includes(own) || !script.test(path)) return []
  const mend = `Import the package by its name, or move what both need into it: ${own} may not reach into another workspace.`
  return scriptImports(text)
    .filter(({ name }) => enters(path, name) !== undefined && enters(path, name) !== own)
    .map(({ name, line }) => ({ path, line, what: `imports \`${name}\``, mend }))
}

/** The workspace that an import ends in. The package `fader` is for all, and so is none. */
function enters(path, name) {
  if (name.startsWith('.')) return workspaces.find((folder) => posix.join(dirname(path), name).startsWith(`${folder}/`))
  return workspaces.find((folder) => name.split('/')[0] === `fader-${folder}`)
}

function wasmNames({ path, text }) {
  const [own] = path.split('/')
  if (!workspaces.includes(own) || !script.test(path)) return []
  if (namesWasm.some((folder) => path.startsWith(folder))) return []
  const mend = `Only ${namesWasm.join(' and ')} choose the bytes for a platform: import from one of them.`
  return found({ text, language: 'script' }, /\.wasm\b(?=["'`?])/g).map((hit) => ({ path, ...hit, mend }))
}

function length({ path, text }) {
  const lines = text.trimEnd().split('\n').length
  if (lines <= longestFile) return []
  const mend = 'Find its second noun, and give that a file of its own.'
  return [{ path, line: longestFile, what: `has ${lines} lines, and ${longestFile} are the most`, mend }]
}

function found({ text, language }, pattern) {
  return [...withoutComments(text, language).matchAll(pattern)].map(({ 0: name, index }) => ({
    line: lineOf(text, index),
    what: `names \`${name}\``,
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const files = readAll()
    const list = faults(files)
    for (const { path, line, what, mend } of list) say(`${path}:${line}: ${what}.\n    ${mend}`)
    if (list.length > 0) throw new Failure(`${list.length} faults in ${files.length} files.`)
    say(`${files.length} files are tidy.`)
  })
}

import { Failure } from './failure.mjs'

/*
 * wasm-bindgen's glue for the web keeps one instance at module level, and knows how to fetch it.
 * A wrapper that survives a trap needs a new instance, with classes, caches and finalizers of its own.
 * So the glue becomes the body of a function: every variable of the module is then a variable of one instance.
 *
 * A method through which only numbers and handles go adds nothing to the export behind it but checks of classes, which
 * take longer than many an evaluation. The package calls those exports, with the addresses of handles, so that such
 * methods are left out, with them what makes handles disposable, which nobody sees, and classes that have no others.
 * Where nothing is left, what is imported is written here: few words are enough for it.
 */

const selfTypes = /^\/\* @ts-self-types=.*\*\/\n/
const glueEnd = /^let wasmModule, wasmInstance, wasm;$[\s\S]*^export \{ initSync, __wbg_init as default \};\s*$/m
const declarationsEnd = /^export type InitInput = [\s\S]*^export default function __wbg_init [\s\S]*$/m
const exported = /^export (?:class|function|const) (\w+)/gm
const registry = /new FinalizationRegistry\(/g
const finalizer = /new FinalizationRegistry\(ptr => (wasm\.\w+\(ptr, 1\))\)/g
/** What the crate says of each is read there. */
const documentation = /^ *\/\*\*\n(?: *\*.*\n)* *\*\/\n/gm
const method = /^ {4}\w+\([^)]*\) \{\n[\s\S]*?^ {4}\}\n/gm
/** Methods whose whole body is one call with the handle and the arguments as they are. */
const plain =
  /^ {4}\w+\([^)]*\) \{\n(?: {8}_assertClass\(.*\n)* {8}(?:const ret = )?wasm\.\w+\(this\.__wbg_ptr[^()]*\);\n(?: {8}return .*\n)?(?: {4}\}\n)$/
/** A class of which nothing is left but how its handle comes and goes. */
const bare =
  /^export class (\w+) \{\n {4}__destroy_into_raw\(\) \{[^}]*\}\n {4}free\(\) \{[^}]*\}\n {4}constructor\(\) \{\n {8}const ret = wasm\.\w+\(\);\n[^}]*\}\n\}\n/gm
const bareType = /^export class \w+ \{\n {4}free\(\): void;\n {4}constructor\(\);\n\}\n/gm
const disposable = /^if \(Symbol\.dispose\).*\n/gm
const check = /^function _assertClass\([\s\S]*?^\}\n/m
/** The check itself, and whatever still asks for it: a method that takes a handle and gives a text. */
const checked = /\b_assertClass\(/g
const declared = /^ {4}(\[?[\w.]+\]?)\(([^)]*)\): ([^;]*);\n/gm
const output = /^export interface InitOutput \{\n([\s\S]*?)^\}/m
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm

/** What must not be left in a factory: other modules, I/O, and waiting. */
const foreign = /^import\b|^export\b|\bimport\.meta\b|\bimport\(|\bnew URL\(|\bfetch\(|\bawait\b|\basync\b/m

/** Gives a module that exports nothing but `instantiate`. */
export function factory(glue) {
  expect(count(glue, registry) === count(glue, finalizer), 'a finalizer that is not `ptr => wasm.…_free(ptr, 1)`')
  const whole = cut(glue, glueEnd)
    .replace(selfTypes, '')
    .replace(documentation, '')
    .replace(method, (found) => (plain.test(found) ? '' : found))
    .replace(disposable, '')
  const kept = [...whole.matchAll(bare)].reduce(
    (text, [, name]) => text.replace(new RegExp(`^const ${name}Finalization = [\\s\\S]*?;\n`, 'm'), ''),
    whole.replace(bare, ''),
  )
  const body = namesOf(kept).length === 0 ? importsOf(kept) : bodyOf(kept)
  const left = foreign.exec(body.replace(comment, ''))
  expect(left === null, `\`${left}\` outside the initialisation`)
  return `// Generated from wasm-bindgen's glue by scripts/lib/glue.mjs: edit that instead.

/** Makes an instance that shares nothing with any other. */
export function instantiate(module) {
${body}
}
`
}

function bodyOf(kept) {
  const body = kept
    .replace(check, (whole, _, text) => (count(text, checked) > 1 ? whole : ''))
    .replace(exported, (declaration) => declaration.slice('export '.length))
    .replace(finalizer, 'new FinalizationRegistry(ptr => quietly(() => $1))')
    .trim()
  return `${body}

/** The collector frees what an abandoned instance held. One that trapped may trap again, with nobody there to catch it. */
function quietly(free) {
    try {
        free();
    } catch {
        // Its memory goes with the instance.
    }
}

const wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
wasm.__wbindgen_start();
return { exports: wasm, ${namesOf(kept).join(', ')} };`
}

/** Nothing crosses but numbers, so that a table of other things need not be filled, and all that is told is a fault. */
function importsOf(kept) {
  const names = [...kept.matchAll(/^ {8}(\w+): function\(/gm)].map(([, name]) => name)
  const [, from] = /^ {8}"(\.\/\w+\.js)": import0,$/m.exec(kept) ?? []
  const [thrower, ...others] = names.filter((name) => name !== '__wbindgen_init_externref_table')
  const isKnown = from !== undefined && others.length === 0 && /^__wbg___wbindgen_throw_\w+$/.test(thrower)
  expect(isKnown, `imports that nothing is known of: ${names.join(', ')}`)
  return `const { exports } = new WebAssembly.Instance(module, {
    ${JSON.stringify(from)}: {
        ${thrower}(at, length) {
            throw Error(new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at >>> 0, length)));
        },
        __wbindgen_init_externref_table() {},
    },
});
return { exports };`
}

/** Gives the types of what `factory` makes. The classes are types only: a value of each belongs to one instance. */
export function declarations(types) {
  const [, exports] = output.exec(types) ?? []
  expect(exports !== undefined, 'no list of exports')
  const head = (found) => `${found}    /** Where it is in the memory of its instance; 0 once it was freed. */
    readonly __wbg_ptr: number;
`
  const whole = cut(types, declarationsEnd).replace(documentation, '')
  const known = [...whole.matchAll(/^export class (\w+)/gm)].map(([, name]) => name)
  const crossing = new Set(['number', 'boolean', 'void', ...known])
  const isPlain = (parameters, result) =>
    [...parameters.matchAll(/: (\w+)/g)].every(([, type]) => crossing.has(type)) && crossing.has(result)
  const kept = whole
    .replace(declared, (found, name, parameters, result) =>
      name !== 'free' && isPlain(parameters, result) ? '' : found,
    )
    .replace(bareType, '')
  const members = namesOf(kept).map((name) => `  readonly ${name}: typeof ${name}\n`)
  const classes = [...kept.matchAll(/^export class (\w+)/gm)].map(([, name]) => name)
  const handles = kept
    .replace(exported, (found) => found.replace('export', 'declare'))
    .replace(/^declare class \w+ \{\n/gm, head)
  const values = classes.length > 0 ? `\n\nexport type { ${classes.join(', ')} }` : ''
  return `${handles.trim()}${values}

/** What the module exports. Handles cross as their addresses. */
export interface Exports {
${exports}}

/** One instance of the artefact. */
export interface Artefact {
  readonly exports: Exports
${members.join('')}}

/** Makes an instance that shares nothing with any other. */
export function instantiate(module: WebAssembly.Module): Artefact
`
}

function namesOf(text) {
  return [...text.matchAll(exported)].map(([, name]) => name)
}

function cut(text, end) {
  expect(count(text, new RegExp(end, 'gm')) === 1, 'no initialisation at its end')
  return text.replace(end, '')
}

const count = (text, pattern) => [...text.matchAll(pattern)].length

function expect(holds, otherwise) {
  if (holds) return
  const mend =
    'wasm-bindgen writes another glue than scripts/lib/glue.mjs knows: compare the two, and teach it the new form.'
  throw new Failure(`The glue has ${otherwise}.`, { mend })
}

import { Failure } from './failure.mjs'

/*
 * wasm-bindgen's glue for the web keeps one instance at module level, and knows how to fetch it.
 * A wrapper that survives a trap needs a new instance, with classes, caches and finalizers of its own.
 * So the glue becomes the body of a function: every variable of the module is then a variable of one instance.
 *
 * A method through which only numbers and handles go adds nothing to the export behind it but checks of classes, which
 * take longer than many an evaluation. The package calls those exports, with the addresses of handles, so that such
 * methods are left out, and with them what makes handles disposable, which nobody sees.
 */

const selfTypes = /^\/\* @ts-self-types=.*\*\/\n/
const glueEnd = /^let wasmModule, wasmInstance, wasm;$[\s\S]*^export \{ initSync, __wbg_init as default \};\s*$/m
const declarationsEnd = /^export type InitInput = [\s\S]*^export default function __wbg_init [\s\S]*$/m
const exported = /^export (?:class|function|const) (\w+)/gm
const registry = /new FinalizationRegistry\(/g
const finalizer = /new FinalizationRegistry\(ptr => (wasm\.\w+\(ptr, 1\))\)/g
const method = /(?:^ {4}\/\*\*\n(?: {5}\*.*\n)* {5}\*\/\n)?^ {4}\w+\([^)]*\) \{\n[\s\S]*?^ {4}\}\n/gm
/** Methods whose whole body is one call with the handle and the arguments as they are. */
const plain =
  /^ {4}\w+\([^)]*\) \{\n(?: {8}_assertClass\(.*\n)* {8}(?:const ret = )?wasm\.\w+\(this\.__wbg_ptr[^()]*\);\n(?: {8}return .*\n)?(?: {4}\}\n)$/m
const disposable = /^if \(Symbol\.dispose\).*\n/gm
const check = /^function _assertClass\([\s\S]*?^\}\n/m
/** The check itself, and whatever still asks for it: a method that takes a handle and gives a text. */
const checked = /\b_assertClass\(/g
const declared = /(?:^ {4}\/\*\*\n(?: {5}\*.*\n)* {5}\*\/\n)?^ {4}(\[?[\w.]+\]?)\(([^)]*)\): ([^;]*);\n/gm
const output = /^export interface InitOutput \{\n([\s\S]*?)^\}/m
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm

/** What must not be left in a factory: other modules, I/O, and waiting. */
const foreign = /^import\b|^export\b|\bimport\.meta\b|\bimport\(|\bnew URL\(|\bfetch\(|\bawait\b|\basync\b/m

/** Gives a module that exports nothing but `instantiate`. */
export function factory(glue) {
  expect(count(glue, registry) === count(glue, finalizer), 'a finalizer that is not `ptr => wasm.…_free(ptr, 1)`')
  const kept = cut(glue, glueEnd)
  const body = kept
    .replace(selfTypes, '')
    .replace(method, (whole) => (plain.test(whole) ? '' : whole))
    .replace(disposable, '')
    .replace(check, (whole, _, text) => (count(text, checked) > 1 ? whole : ''))
    .replace(exported, (declaration) => declaration.slice('export '.length))
    .replace(finalizer, 'new FinalizationRegistry(ptr => quietly(() => $1))')
  const left = foreign.exec(body.replace(comment, ''))
  expect(left === null, `\`${left}\` outside the initialisation`)
  return `// Generated from wasm-bindgen's glue by scripts/lib/glue.mjs: edit that instead.

/** The collector frees what an abandoned instance held. One that trapped may trap again, with nobody there to catch it. */
function quietly(free) {
    try {
        free();
    } catch {
        // Its memory goes with the instance.
    }
}

/** Makes an instance that shares nothing with any other. */
export function instantiate(module) {
${body.trim()}

const wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
wasm.__wbindgen_start();
return { memory: wasm.memory, exports: wasm, ${namesOf(kept).join(', ')} };
}
`
}

/** Gives the types of what `factory` makes. The classes are types only: a value of each belongs to one instance. */
export function declarations(types) {
  const [, exports] = output.exec(types) ?? []
  expect(exports !== undefined, 'no list of exports')
  const kept = cut(types, declarationsEnd)
  const members = namesOf(kept).map((name) => `  readonly ${name}: typeof ${name}\n`)
  const classes = [...kept.matchAll(/^export class (\w+)/gm)].map(([, name]) => name)
  const crossing = new Set(['number', 'boolean', 'void', ...classes])
  const isPlain = (parameters, result) =>
    [...parameters.matchAll(/: (\w+)/g)].every(([, type]) => crossing.has(type)) && crossing.has(result)
  const head = (found) => `${found}    /** Where it is in the memory of its instance; 0 once it was freed. */
    readonly __wbg_ptr: number;
`
  const handles = kept
    .replace(declared, (whole, name, parameters, result) =>
      name !== 'free' && isPlain(parameters, result) ? '' : whole,
    )
    .replace(exported, (found) => found.replace('export', 'declare'))
    .replace(/^declare class \w+ \{\n/gm, head)
  return `${handles.trim()}

export type { ${classes.join(', ')} }

/** What the module exports. Handles cross as their addresses. */
export interface Exports {
${exports}}

/** One instance of the artefact. */
export interface Artefact {
  readonly memory: WebAssembly.Memory
  readonly exports: Exports
${members.join('')}}

/** Makes an instance that shares nothing with any other. */
export function instantiate(module: WebAssembly.Module): Artefact
`
}

function namesOf(text) {
  const names = [...text.matchAll(exported)].map(([, name]) => name)
  expect(names.length > 0, 'nothing exported')
  return names
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

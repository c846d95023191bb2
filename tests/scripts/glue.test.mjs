import assert from 'node:assert/strict'
import { test } from 'node:test'
import binaryen from 'binaryen'
import { declarations, factory } from '../../scripts/lib/glue.mjs'

/** wasm-bindgen's glue in small: a class with a finalizer, a function, a cache, and the initialisation at the end. */
const glue = `/* @ts-self-types="./x.d.ts" */
export class Counter {
    constructor() { CounterFinalization.register(this, 1, this); }
    bump() { return wasm.bump(); }
    /**
     * Takes a handle, and is one call.
     */
    add(other) {
        _assertClass(other, Counter);
        const ret = wasm.add(this.__wbg_ptr, other.__wbg_ptr);
        return ret >>> 0;
    }
    /**
     * Takes bytes.
     */
    set(bytes) {
        const ptr0 = passArray8ToWasm0(bytes, wasm.__wbindgen_malloc);
        wasm.set(this.__wbg_ptr, ptr0);
    }
}
if (Symbol.dispose) Counter.prototype[Symbol.dispose] = Counter.prototype.free;
export function seen() { return cached; }
function __wbg_get_imports() {
    // The factory may fetch( nothing; a comment may say so.
    return { "./x_bg.js": { see: (value) => { cached = value; } } };
}
const CounterFinalization = new FinalizationRegistry(ptr => wasm.__wbg_counter_free(ptr, 1));
let cached = null;
function _assertClass(instance, klass) {
    if (!(instance instanceof klass)) {
        throw new Error(klass.name);
    }
}
let wasmModule, wasmInstance, wasm;
async function __wbg_init(at) { await fetch(at ?? new URL('x_bg.wasm', import.meta.url)); }
export { initSync, __wbg_init as default };
`

/** Counts in a global, and tells its host each time. */
const bytes = binaryen
  .parseText(`(module
    (import "./x_bg.js" "see" (func $see (param i32)))
    (memory (export "memory") 1)
    (global $count (mut i32) (i32.const 0))
    (func (export "bump") (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (call $see (global.get $count))
      (global.get $count))
    (func (export "__wbindgen_start")))`)
  .emitBinary()

const load = (source) => import(`data:text/javascript,${encodeURIComponent(source)}`)

test('the factory exports nothing but instantiate', async () => {
  assert.deepEqual(Object.keys(await load(factory(glue))), ['instantiate'])
})

test('instances share neither memory nor classes nor variables', async () => {
  const { instantiate } = await load(factory(glue))
  const module = new WebAssembly.Module(bytes)
  const [one, other] = [instantiate(module), instantiate(module)]
  assert.deepEqual(Object.keys(one), ['memory', 'exports', 'Counter', 'seen'])
  assert.equal(one.exports.memory, one.memory)
  assert.notEqual(one.memory, other.memory)
  assert.notEqual(one.Counter, other.Counter)
  const counter = new one.Counter()
  assert.deepEqual([counter.bump(), counter.bump(), new other.Counter().bump()], [1, 2, 1])
  assert.deepEqual([one.seen(), other.seen()], [2, 1])
})

test('methods that are one call are left out, and what only they and nobody needs', async () => {
  const { instantiate } = await load(factory(glue))
  const { Counter } = instantiate(new WebAssembly.Module(bytes))
  assert.deepEqual(Object.getOwnPropertyNames(Counter.prototype), ['constructor', 'bump', 'set'])
  assert.doesNotMatch(factory(glue), /_assertClass|dispose/)
})

test('the check of classes stays where a method that stays asks for it', async () => {
  const more = glue.replace(
    '    /**\n     * Takes bytes.',
    '    told(other) {\n        _assertClass(other, Counter);\n        return String(wasm.bump());\n    }\n    /**\n     * Takes bytes.',
  )
  const { instantiate } = await load(factory(more))
  const { Counter } = instantiate(new WebAssembly.Module(bytes))
  const counter = new Counter()
  assert.equal(counter.told(counter), '1')
  assert.throws(() => counter.told({}), /Counter/)
})

test('a glue of another form is refused', () => {
  const refuses = (text, why) => assert.throws(() => factory(text), why)
  refuses(glue.replace('let wasmModule, wasmInstance, wasm;', 'let wasm;'), /no initialisation/)
  refuses(glue.replace('export { initSync', 'export { initLater'), /no initialisation/)
  refuses(glue.replace('ptr => wasm', 'at => wasm'), /a finalizer/)
  refuses(`import * as a from './snippets/a.js'\n${glue}`, /`import`/)
  refuses(glue.replace('return cached', 'return fetch(cached)'), /`fetch\(`/)
  refuses(glue.replaceAll(/export (class|function)/g, '$1'), /nothing exported/)
})

test('the types have the classes as types, and their values in the artefact', () => {
  const types = declarations(`export class Counter {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Takes a handle.
     */
    add(other: Counter): number;
    set(bytes: Uint8Array): void;
    keys(): string;
}
export function seen(): number;

export type InitInput = RequestInfo | URL;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly bump: () => number;
}
export function initSync(module: InitInput): InitOutput;
export default function __wbg_init (at?: InitInput): Promise<InitOutput>;
`)
  assert.match(types, /^declare class Counter \{\n.*\n {4}readonly __wbg_ptr: number;\n {4}free\(\): void;\n {4}set\(/m)
  assert.match(types, /keys\(\): string;\n\}/)
  assert.match(types, /^export interface Exports \{\n.*\n {4}readonly bump: \(\) => number;\n\}/m)
  assert.match(types, /^export type \{ Counter \}$/m)
  assert.match(
    types,
    /readonly memory: WebAssembly\.Memory\n {2}readonly exports: Exports\n {2}readonly Counter: typeof Counter\n {2}readonly seen: typeof seen\n\}/,
  )
  assert.match(types, /^export function instantiate\(module: WebAssembly\.Module\): Artefact$/m)
  assert.doesNotMatch(types, /Init|export class/)
})

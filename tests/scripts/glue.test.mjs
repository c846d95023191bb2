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

/** The same of a class through which only numbers go. */
const bareGlue = `
/**
 * Counts.
 */
export class Counter {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        CounterFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_counter_free(ptr, 0);
    }
    /**
     * Is one call.
     */
    constructor() {
        const ret = wasm.counter_new();
        this.__wbg_ptr = ret;
        CounterFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    bump() {
        const ret = wasm.bump(this.__wbg_ptr);
        return ret;
    }
}
if (Symbol.dispose) Counter.prototype[Symbol.dispose] = Counter.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg___wbindgen_throw_1: function(arg0, arg1) {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        __wbindgen_init_externref_table: function() {
            const table = wasm.__wbindgen_externrefs;
        },
    };
    return {
        __proto__: null,
        "./x_bg.js": import0,
    };
}
const CounterFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_counter_free(ptr, 1));
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
  assert.deepEqual(Object.keys(one), ['exports', 'Counter', 'seen'])
  assert.notEqual(one.exports.memory, other.exports.memory)
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

test('what checks classes stays where a method that is left needs it', () => {
  const compare = 'set(bytes) {\n        _assertClass(bytes, Counter);\n        passArray8ToWasm0(bytes);'
  assert.match(factory(glue.replace('set(bytes) {', compare)), /function _assertClass/)
})

test('a class of which nothing else is left is left out, and what it throws is told', async () => {
  const source = factory(bareGlue)
  assert.doesNotMatch(source, /Counter|Finalization/)
  const thrower = binaryen
    .parseText(`(module
      (import "./x_bg.js" "__wbg___wbindgen_throw_1" (func $throw (param i32 i32)))
      (import "./x_bg.js" "__wbindgen_init_externref_table" (func $fill))
      (memory (export "memory") 1)
      (data (i32.const 16) "it was freed")
      (func (export "bump") (call $throw (i32.const 16) (i32.const 12))))`)
    .emitBinary()
  const { instantiate } = await load(source)
  const { exports, ...rest } = instantiate(new WebAssembly.Module(thrower))
  assert.deepEqual(rest, {})
  assert.throws(() => exports.bump(), { message: 'it was freed' })
})

test('a glue of another form is refused', () => {
  const refuses = (text, why) => assert.throws(() => factory(text), why)
  refuses(glue.replace('let wasmModule, wasmInstance, wasm;', 'let wasm;'), /no initialisation/)
  refuses(glue.replace('export { initSync', 'export { initLater'), /no initialisation/)
  refuses(glue.replace('ptr => wasm', 'at => wasm'), /a finalizer/)
  refuses(`import * as a from './snippets/a.js'\n${glue}`, /`import`/)
  refuses(glue.replace('return cached', 'return fetch(cached)'), /`fetch\(`/)
  refuses(glue.replaceAll(/export (class|function)/g, '$1'), /imports that nothing is known of/)
  refuses(bareGlue.replace('__wbg___wbindgen_throw', '__wbg_log'), /imports that nothing is known of: __wbg_log_1/)
  refuses(bareGlue.replace('"./x_bg.js"', '"env"'), /imports that nothing is known of/)
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
    /interface Artefact \{\n {2}readonly exports: Exports\n {2}readonly Counter: typeof Counter\n {2}readonly seen: typeof seen\n\}/,
  )
  assert.match(types, /^export function instantiate\(module: WebAssembly\.Module\): Artefact$/m)
  assert.doesNotMatch(types, /Init|export class/)
})

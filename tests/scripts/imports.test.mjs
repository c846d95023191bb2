import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rustImports, scriptImports, withoutComments } from '../../scripts/lib/imports.mjs'

const names = (imports) => imports.map(({ name, line }) => `${name}:${line}`)

test('Rust imports are found one by one and in groups, over several lines', () => {
  const source = [
    'use crate::id::FlagId;',
    'use crate::{bucket::{Draw, bound}, error,',
    '    ruleset::{self, Node}};',
    'fn f(x: &crate::context::Context) {}',
  ].join('\n')
  assert.deepEqual(names(rustImports(source)), ['id:1', 'bucket:2', 'error:2', 'ruleset:2', 'context:4'])
})

test('what a comment or a doc test says is no import', () => {
  const source =
    "/// use crate::evaluate;\n/* crate::wasm\n crate::wasm */ let c = '\"'; // crate::load\nuse crate::id;"
  assert.deepEqual(names(rustImports(source)), ['id:4'])
})

test('a lifetime does not open a string', () => {
  assert.deepEqual(names(rustImports("fn f<'a>(x: &'a str) {} // isn't crate::load\nuse crate::id;")), ['id:2'])
})

test('script imports are found in every form', () => {
  const source = [
    "import a, { b } from './a.js'",
    "export * from './b.js'",
    "import './c.js'",
    "const d = await import('./d.js')",
    "const e = new URL('./e.wasm', import.meta.url)",
    "// import './f.js'",
    "const g = 'https://example.com' // from './g.js'",
  ].join('\n')
  assert.deepEqual(names(scriptImports(source)), ['./a.js:1', './b.js:2', './c.js:3', './d.js:4', './e.wasm:5'])
})

test('lines keep their numbers when comments go', () => {
  assert.equal(withoutComments('a /* 1\n2 */ b // c\nd', 'script'), 'a     \n     b     \nd')
})

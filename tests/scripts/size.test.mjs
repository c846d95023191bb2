import assert from 'node:assert/strict'
import { test } from 'node:test'
import binaryen from 'binaryen'
import { changed, sectionsOf } from '../../scripts/lib/size.mjs'

const emit = (text) => binaryen.parseText(text).emitBinary()
const text = 'x'.repeat(300)

test('the sections of a module are all of its bytes', () => {
  const bytes = emit(
    `(module (memory 1) (data (i32.const 0) "${text}") (func (export "f") (result i32) (i32.const 7)))`,
  )
  const { code, data, rest } = sectionsOf(bytes)
  assert.equal(code + data + rest, bytes.length)
  assert.ok(data > text.length && data < text.length + 20, `${data}`)
  assert.ok(code > 0 && code < 20, `${code}`)
})

test('a module with nothing in it is its header', () => {
  assert.deepEqual(sectionsOf(emit('(module)')), { code: 0, data: 0, rest: 8 })
})

test('what grew and what shrank is told by section, and what stayed is not', () => {
  assert.equal(
    changed({ code: 10, data: 20, rest: 5 }, { code: 322, data: 12, rest: 5 }),
    'code +312 bytes, data −8 bytes',
  )
  assert.equal(changed({ code: 1, data: 2, rest: 3 }, { code: 1, data: 2, rest: 3 }), '')
})

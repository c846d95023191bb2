import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestFile } from '../../scripts/lib/levels.mjs'
import { faults } from '../../scripts/tidy.mjs'

const check = (path, text, ...expected) => {
  const found = faults([{ path, text }])
  assert.deepEqual(
    found.map(({ line, what }) => `${line}: ${what}`),
    expected,
  )
  for (const { mend } of found) assert.match(mend, /\w/)
}

test('a module may import lower ones and its own files', () => {
  check('src/evaluate.rs', 'use crate::id::FlagId;\nuse crate::ruleset::Ruleset;')
  check('src/operator/text.rs', 'use crate::operator::number;\nuse crate::id::Span;')
  check('src/lib.rs', 'pub use crate::evaluate;')
})

test('a module may not import its own level or a higher one', () => {
  check('src/id.rs', '\nuse crate::error::Error;', '2: `id` (level 0) imports `error` (level 0)')
  const levels = /^1: `bucket` \(level 0\) imports `evaluate` \(level \d\)$/
  assert.match(`1: ${faults([{ path: 'src/bucket.rs', text: 'use crate::evaluate;' }])[0].what}`, levels)
})

test('a module without a level is told so, as importer and as imported', () => {
  check('src/helper.rs', '', '1: `helper` has no level')
  check('src/evaluate.rs', 'use crate::helper::x;', '1: `helper` has no level')
})

test('only the binding sees wasm-bindgen', () => {
  check('src/wasm/engine.rs', 'use wasm_bindgen::prelude::*;')
  check('src/load.rs', 'use wasm_bindgen::prelude::*;', '1: names `wasm_bindgen`')
})

test('parts of the package point down too', () => {
  check('js/src/client.ts', "import type { Client } from './types.js'\nimport { readFileSync } from 'node:fs'")
  const [{ what }] = faults([{ path: 'js/src/types.ts', text: "import { x } from './client.ts'" }])
  assert.match(what, /^`types` \(level 1\) imports `client`/)
  check('js/src/stray.ts', '', '1: `stray` has no level')
})

test('a workspace does not reach into another', () => {
  check('www/src/shop/main.tsx', "import { createClient } from 'fader'\nimport './style.css'")
  check('www/src/main.tsx', "import x from '../../worker/src/index.ts'", '1: imports `../../worker/src/index.ts`')
  check('worker/src/index.ts', "import x from 'fader-www/x'", '1: imports `fader-www/x`')
  check('worker/src/index.ts', "import x from '../../js/src/types.ts'", '1: imports `../../js/src/types.ts`')
})

test('only who chooses the bytes names a .wasm', () => {
  check('js/src/entrypoints/workerd.ts', "import wasm from '../../generated/engine.wasm'")
  check('js/src/engine.ts', "const at = './engine.wasm' // not x.wasm", '1: names `.wasm`')
})

test('a file is no longer than it may be', () => {
  check('scripts/a.mjs', 'x\n'.repeat(longestFile))
  check(
    'scripts/a.mjs',
    'x\n'.repeat(longestFile + 1),
    `${longestFile}: has ${longestFile + 1} lines, and ${longestFile} are the most`,
  )
})

import { join } from 'node:path'
import { tools } from './paths.mjs'
import { pins } from './pins.mjs'
import { cargo, check, nodeTest, vitest } from './tally.mjs'

const tidyUp = '`npm run fix` mends most of it.'

/** tests/web.rs, run by wasm-bindgen's own runner. `wasm-pack test` would build the native tests for Wasm too. */
const inWasm = (where, features) => ({
  title: `Rust in Wasm, in ${where}`,
  command: ['cargo', 'test', '--target', pins.wasmTarget, '--test', 'web', '--features', features],
  env: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: 'wasm-bindgen-test-runner' },
  tally: cargo,
})

/** One run of vitest, which prints for people and writes its counts beside it. */
function vitestOf(workspace, title) {
  const counts = join(tools, 'results', `${workspace}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${counts}`]
  return {
    title,
    command: ['vitest', 'run', '--config', `${workspace}/vitest.config.ts`, ...reporters],
    tally: vitest(counts),
    counts,
  }
}

const nodeTests = (folder, title) => ({
  title,
  command: ['node', '--test', '--test-reporter=spec', `${folder}/**/*.test.mjs`],
  tally: nodeTest,
})

const types = (project) => ({ title: `types of ${project}`, command: ['tsc', '-p', project, '--noEmit'], tally: check })

/** What `npm test` runs: each step a command, and how its tests are counted. */
export const suites = {
  rust: [
    { title: 'format of Rust', command: ['cargo', 'fmt', '--check'], tally: check, mend: tidyUp },
    {
      title: 'clippy',
      command: ['cargo', 'clippy', '--all-targets', '--all-features', '--', '-D', 'warnings'],
      tally: check,
    },
    { title: 'core without features', command: ['cargo', 'check', '--no-default-features'], tally: check },
    { title: 'Rust, native', command: ['cargo', 'test', '--all-features'], tally: cargo },
    inWasm('Node', 'wasm,control'),
    inWasm('Chromium', 'wasm,control,browser'),
  ],
  js: [
    { title: 'format and lints', command: ['biome', 'check', '--error-on-warnings'], tally: check, mend: tidyUp },
    { title: 'imports point down', command: ['node', 'scripts/tidy.mjs'], tally: check },
    types('js'),
    types('tests/js'),
    types('worker'),
    types('www'),
    { title: 'exports of the package', command: ['publint', '--strict', 'js'], tally: check },
    nodeTests('tests/scripts', 'the scripts'),
    vitestOf('js', 'the package, in Node'),
  ],
  worker: [vitestOf('worker', 'the worker, in workerd')],
  e2e: [nodeTests('tests/e2e', 'the pages, in Chromium')],
  packages: [
    {
      title: 'the tarball, in projects of others',
      command: ['node', '--test', '--test-reporter=spec', 'tests/packaging/packaging.test.mjs'],
      tally: nodeTest,
    },
  ],
}

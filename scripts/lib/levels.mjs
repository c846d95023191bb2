/*
 * Which part stands on which: a part may import parts of lower levels only, and its own files.
 * A new module gets a line here, at the lowest level that is above all that it imports.
 */

/** Modules of the crate: `src/NAME.rs` and `src/NAME/`. */
export const rust = [
  ['bare', 'bucket', 'digest', 'digits', 'error', 'id', 'json'],
  ['automaton', 'context', 'instant', 'snapshot', 'trace'],
  ['operand'],
  ['operator'],
  ['ruleset'],
  ['definition', 'evaluate', 'load'],
  ['projection', 'read'],
  ['compile', 'schema', 'subject', 'types', 'validate', 'words'],
  ['check', 'difference', 'explain'],
  ['wasm'],
]

/** Parts of the package: `js/src/NAME.ts` and `js/src/NAME/`. */
export const typescript = [
  ['backoff', 'embedded', 'once', 'health', 'page', 'verification'],
  ['statement', 'tabs', 'types'],
  ['artefact', 'cache-store', 'kept', 'kind', 'preview', 'request', 'trust'],
  ['attribute', 'floor', 'outcome', 'overrides', 'source', 'starts', 'stream'],
  ['answers'],
  ['context', 'events', 'seen', 'sticky', 'updates'],
  ['assignments', 'home'],
  ['prepared', 'snapshot'],
  ['bootstrap', 'engine', 'holds', 'panel'],
  ['control', 'evaluation', 'recorded', 'still'],
  ['react', 'start', 'testing'],
  ['hesitation', 'local-feed', 'remote-feed'],
  ['both-feed', 'upkeep'],
  ['client', 'definition-feed'],
  ['platform'],
  ['entrypoints', 'openfeature'],
  ['cli'],
]

/** Modules of the crate that alone may see wasm-bindgen. */
export const seesBindgen = new Set(['wasm'])

/** Where a `.wasm` file may be named: by whoever chooses the bytes for one platform. */
export const namesWasm = ['js/src/entrypoints/', 'worker/src/']

/** Folders whose files reach each other by package name, if at all: `worker` and `www` know `fader` and not each other. */
export const workspaces = ['js', 'worker', 'www']

/** No file of code is longer. Tables of data are not code: put them into JSON. */
export const longestFile = 400

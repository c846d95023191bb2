/** Versions that work together. A change here is a change of the toolchain: run `npm test` from an empty `.tools`. */
export const pins = {
  /** What wrangler and vitest ask for. An older Node may start the scripts, and is then replaced for their children. */
  oldestNode: [22, 12],
  node: '24.21.0',
  /** Must equal the crate's `wasm-bindgen`: their glue and their binary sections belong together. */
  wasmBindgen: '0.2.129',
  wasmPack: '0.15.1',
  wasmTarget: 'wasm32-unknown-unknown',
}

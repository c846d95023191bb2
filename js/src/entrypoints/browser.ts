// A browser that loads the modules as they are finds the .wasm where a bundler would.
export * from './bundler.js'

import { readFile } from 'node:fs/promises'
import { createPlatform } from '../platform.js'

export type * from '../types.js'

const compileFile = async (name: string) =>
  await WebAssembly.compile(await readFile(new URL(`../../generated/${name}`, import.meta.url)))

export const { loadEngine, loadControl, createClient } = createPlatform({
  engine: () => compileFile('engine.wasm'),
  control: () => compileFile('control.wasm'),
})

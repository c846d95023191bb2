import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from './command.mjs'
import { Failure } from './failure.mjs'
import { declarations, factory } from './glue.mjs'
import { inRoot } from './paths.mjs'
import { pins } from './pins.mjs'

/** What wasm-pack.toml asks for: `{ artefact: […], bundle: […] }`. */
export async function plan() {
  const { parse } = await import('smol-toml')
  return parse(readFileSync(inRoot('wasm-pack.toml'), 'utf8'))
}

/** The files of an artefact: what `buildArtefact` writes. */
export const filesOf = ({ name, out }) => ['wasm', 'js', 'd.ts'].map((ending) => `${out}/${name}.${ending}`)

/** Builds one artefact from the crate, and writes it with a factory of instances in place of wasm-bindgen's glue. */
export async function buildArtefact(artefact, env) {
  const { name, out, stack } = artefact
  const from = join('target', 'wasm', name)
  expectPinnedBindgen()
  const log = await run('wasm-pack', ['build', ...flags(artefact, from)], {
    env: stack === undefined ? env : withStack(env, stack),
    mend: 'See what the compiler says above.',
  })
  if (log.includes('Skipping wasm-opt')) {
    throw new Failure('wasm-pack did not find wasm-opt.', {
      log,
      mend: 'It is in the npm package binaryen: run `npm ci`.',
    })
  }
  const text = (ending) => readFileSync(inRoot(from, name + ending), 'utf8')
  put(`${out}/${name}.wasm`, readFileSync(inRoot(from, `${name}_bg.wasm`)))
  put(`${out}/${name}.js`, factory(text('.js')))
  put(`${out}/${name}.d.ts`, declarations(text('.d.ts')))
  await tryOut(`${out}/${name}`)
}

function flags({ name, features, profile, target }, from) {
  const known = ['dev', 'release', 'profiling'].includes(profile)
  const how = [
    '--target',
    target,
    '--mode',
    'no-install',
    '--no-pack',
    ...(known ? [`--${profile}`] : ['--profile', profile]),
  ]
  const where = ['--out-dir', from, '--out-name', name, '.']
  return [...how, ...where, '--', '--no-default-features', '--features', features.join(',')]
}

function withStack(env, bytes) {
  return { ...env, RUSTFLAGS: `${env.RUSTFLAGS ?? ''} -Clink-arg=-zstack-size=${bytes}`.trim() }
}

/** A crate and a command line tool of different versions write sections that do not fit together. */
function expectPinnedBindgen() {
  const lock = inRoot('Cargo.lock')
  const [, found] =
    (existsSync(lock) && /name = "wasm-bindgen"\nversion = "(.*)"/.exec(readFileSync(lock, 'utf8'))) || []
  if (found === undefined || found === pins.wasmBindgen) return
  const mend = `Make them equal: \`wasm-bindgen = "=${pins.wasmBindgen}"\` in Cargo.toml, or the pin in scripts/lib/pins.mjs.`
  throw new Failure(`Cargo.lock has wasm-bindgen ${found}, and the tool is ${pins.wasmBindgen}.`, { mend })
}

/** Whoever reads the file meanwhile has the old one or the new one, and no half. */
function put(path, content) {
  const whole = inRoot(path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(`${whole}.next`, content)
  renameSync(`${whole}.next`, whole)
}

/** A wrong optimiser can write bytes that only fail when they start, so every artefact is started once. */
async function tryOut(path) {
  const { instantiate } = await import(`${pathToFileURL(inRoot(`${path}.js`))}?at=${Date.now()}`)
  const module = await WebAssembly.compile(readFileSync(inRoot(`${path}.wasm`)))
  const [one, other] = [instantiate(module), instantiate(module)]
  if (one.exports.memory === other.exports.memory)
    throw new Failure(`Two instances of ${path}.wasm share their memory.`)
}

import { existsSync } from 'node:fs'
import { attempt, run } from './command.mjs'
import { environment } from './environment.mjs'
import { Failure } from './failure.mjs'
import { tools } from './paths.mjs'
import { pins } from './pins.mjs'

const offline = 'See that the Rust registry can be reached (a proxy? a certificate?), then run the same command again.'

/** Unoptimised tools are fast enough here, and are built in half the time. */
const cargoInstall = (crate, version, ...flags) => {
  const args = ['install', '--debug', '--force', '--locked', ...flags, crate]
  const env = { ...environment(), CARGO_PROFILE_DEV_DEBUG: '0' }
  return run('cargo', [...args, '--version', version, '--root', `${tools}/cargo`], { env, mend: offline })
}

async function answers(command, expected) {
  const { code, output } = await attempt(command, ['--version'], { env: environment() })
  return code === 0 && output.trim() === expected
}

async function targetIsThere() {
  const { code, output } = await attempt('rustc', ['--print', 'target-libdir', '--target', pins.wasmTarget])
  return code === 0 && existsSync(output.trim().split('\n').at(-1))
}

async function addTarget() {
  const { code } = await attempt('cargo', ['--version'])
  if (code === 127) {
    const mend = 'Install Rust with rustup as https://rustup.rs says, open a new shell, and run the same command again.'
    throw new Failure('There is no `cargo` on the PATH.', { mend })
  }
  const mend = `Run \`rustup target add ${pins.wasmTarget}\` in this folder; without rustup, install that target of Rust as your system does.`
  await run('rustup', ['target', 'add', pins.wasmTarget], { mend })
}

/** What turns the crate into WebAssembly. */
export const rustTools = [
  { title: `Rust target ${pins.wasmTarget}`, isThere: targetIsThere, install: addTarget },
  {
    title: `wasm-bindgen ${pins.wasmBindgen} (a minute)`,
    isThere: () => answers('wasm-bindgen', `wasm-bindgen ${pins.wasmBindgen}`),
    install: () => cargoInstall('wasm-bindgen-cli', pins.wasmBindgen, '--no-default-features'),
  },
  {
    title: `wasm-pack ${pins.wasmPack} (a minute)`,
    isThere: () => answers('wasm-pack', `wasm-pack ${pins.wasmPack}`),
    install: () => cargoInstall('wasm-pack', pins.wasmPack),
  },
]

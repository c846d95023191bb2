import file from '../../bundled/bundle.bin'

/** The encoded bundle that was deployed with the worker, by `fader bundle`; empty when none was. */
export function bundled(): Uint8Array {
  return new Uint8Array(file)
}

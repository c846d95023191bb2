/** Gives a page the package, for tests to run in it. */
import * as fader from 'fader'

globalThis.fader = fader

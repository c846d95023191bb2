/** Measures reads in a page. */
import { createClient } from 'fader'
import { measure } from '../../../benches/browser/rounds.mjs'

globalThis.measure = (given) => measure(createClient, given, () => performance.memory.usedJSHeapSize)

import { parentPort, workerData } from 'node:worker_threads'
import { loadEngine } from '../entrypoints/node.js'
import type { Piece } from './answer.js'
import { Comparison } from './comparison.js'
import type { Versions } from './contexts.js'

const { old, later, now } = workerData as Versions
const comparison = new Comparison(await loadEngine(old), await loadEngine(later), now)

parentPort?.on('message', (piece: Piece) => parentPort?.postMessage(comparison.of(piece)))

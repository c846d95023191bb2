import { parentPort, workerData } from 'node:worker_threads'
import { loadEngine } from '../entrypoints/node.js'
import { Answers, type Piece } from './answer.js'
import type { Task } from './threads.js'

const { snapshot, now } = workerData as Task
const answers = new Answers(await loadEngine(snapshot), now)

parentPort?.on('message', (piece: Piece) => parentPort?.postMessage(answers.to(piece)))

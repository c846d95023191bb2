import { loadControl, loadEngine } from 'fader'
import { expect, it } from 'vitest'
import answers from '../../js/vectors/answers.tsv.gz?inline'
import contexts from '../../js/vectors/contexts.jsonl.gz?inline'
import definition from '../../js/vectors/definition.json?raw'
import points from '../../js/vectors/points.tsv.gz?inline'
import { run, runRandom, unpack } from '../js/vectors.ts'
import random from '../vectors/random.jsonl.gz?inline'

/** Vite gives bytes as a data URL. */
const bytes = (url: string) => Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (char) => char.charCodeAt(0))

it('the published vectors are ours in workerd', async () => {
  const vectors = {
    points: await unpack(bytes(points)),
    contexts: await unpack(bytes(contexts)),
    answers: await unpack(bytes(answers)),
    definition,
  }
  const result = await run(vectors, await loadControl(), loadEngine)
  expect(result.wrong).toEqual([])
  expect(result.points).toBeGreaterThan(50_000)
  expect(result.answers).toBeGreaterThan(50_000)
})

it('random definitions are answered in workerd as the plain evaluator answers them', async () => {
  const { answers, wrong } = await runRandom(await unpack(bytes(random)), await loadControl(), loadEngine)
  expect(wrong).toEqual([])
  expect(answers).toBeGreaterThan(15_000)
})

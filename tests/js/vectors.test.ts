import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadControl, loadEngine } from 'fader'
import { expect, it } from 'vitest'
import { files, run, runRandom, unpack, type Vectors } from './vectors.ts'

const read = (name: string) => readFileSync(new URL(`../../js/vectors/${name}`, import.meta.url))

async function vectors(): Promise<Vectors> {
  return {
    points: await unpack(read(files.points)),
    contexts: await unpack(read(files.contexts)),
    answers: await unpack(read(files.answers)),
    definition: read(files.definition).toString(),
  }
}

it('the published vectors are ours in Node', async () => {
  const { points, answers, wrong } = await run(await vectors(), await loadControl(), loadEngine)
  expect(wrong).toEqual([])
  expect(points).toBeGreaterThan(50_000)
  expect(answers).toBeGreaterThan(50_000)
})

it('random definitions are answered as the plain evaluator answers them', async () => {
  const packed = readFileSync(new URL('../vectors/random.jsonl.gz', import.meta.url))
  const { answers, wrong } = await runRandom(await unpack(packed), await loadControl(), loadEngine)
  expect(wrong).toEqual([])
  expect(answers).toBeGreaterThan(15_000)
})

it('a vector that does not hold is noticed', async () => {
  const published = await vectors()
  const points = published.points.replace('a/split\tu-1\t', 'a/split\tu-1\t9')
  const answers = published.answers.replace('DISABLED', 'DEFAULT')
  const { wrong } = await run({ ...published, points, answers }, await loadControl(), loadEngine)
  expect(wrong).toHaveLength(3)
})

it('the published files have the sums that are published with them', () => {
  const sums = read('SHA256SUMS').toString().trim().split('\n')
  expect(sums.length).toBeGreaterThanOrEqual(3)
  for (const line of sums) {
    const [sum, name = ''] = line.split('  ')
    expect(createHash('sha256').update(read(name)).digest('hex')).toBe(sum)
  }
})

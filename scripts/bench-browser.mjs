import { buildAll } from './build.mjs'
import { main } from './lib/failure.mjs'
import { say, step } from './lib/step.mjs'
import { measuring, saySetting } from './measured.mjs'
import { report } from './report.mjs'
import { setup } from './setup.mjs'

const help = `npm run bench:browser [-- --only PART,… | --quick | --seed N | --json]

Measures the client in Chromium, against the real worker on this machine.

  --only   some of: paint, reads
  --quick  less of everything: a minute or so each
  --seed   of what is published and when; 1 when absent
  --json   the measures as one JSON array, and nothing else on standard output
`

const parts = {
  paint: ['a hundred flags, over reloads', async () => (await import('../benches/browser/first-paint.mjs')).firstPaint],
  reads: ['reads of what was read before', async () => (await import('../benches/browser/reads.mjs')).reads],
}

await main(async () => {
  const args = process.argv.slice(2)
  if (args.includes('--help')) return say(help)
  const options = measuring(args, parts)
  const env = await setup({ forTests: true })
  await buildAll(env)
  Object.assign(process.env, env)
  const measures = []
  for (const name of options.only) {
    const [words, load] = parts[name]
    const part = await load()
    measures.push(...(await step(words, () => part(options))))
  }
  saySetting(options)
  report('The client, in Chromium', measures)
})
process.exit()

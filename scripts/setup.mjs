import { pathToFileURL } from 'node:url'
import { browser, browserTools } from './lib/browser.mjs'
import { environment } from './lib/environment.mjs'
import { main } from './lib/failure.mjs'
import { alone } from './lib/lock.mjs'
import { nodeTools } from './lib/node.mjs'
import { rustTools } from './lib/rust.mjs'
import { say, step } from './lib/step.mjs'

/**
 * Installs what is missing, and gives the environment in which the tools are found.
 * Uses nothing but Node itself, because it runs before there are packages.
 */
export async function setup({ forTests = false } = {}) {
  const wanted = [...nodeTools, ...rustTools, ...(forTests ? browserTools : [])]
  if ((await missing(wanted)).length > 0) {
    say('Installing what is missing')
    await alone('setup', async () => {
      for (const tool of await missing(wanted)) await step(tool.title, tool.install)
    })
  }
  return environment(forTests ? browser() : {})
}

async function missing(wanted) {
  const there = await Promise.all(wanted.map((tool) => tool.isThere()))
  return wanted.filter((_, index) => !there[index])
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setup({ forTests: process.argv.includes('--for-tests') })
    say('Everything is there.')
  })
}

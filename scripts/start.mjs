import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildAll } from './build.mjs'
import { adminOf, localKeys, secretsOf, tokenFile } from './lib/admin.mjs'
import { freePort, startWorker } from './lib/dev-worker.mjs'
import { Failure, main } from './lib/failure.mjs'
import { inRoot, local, root } from './lib/paths.mjs'
import { say, step } from './lib/step.mjs'
import { setup } from './setup.mjs'

const example = join('examples', 'storefront.json')
const help = `npm start [-- OPTIONS]   installs what is missing, builds, and runs Fader on this machine

  --port N        where to listen; the next free port when it is taken (or PORT=N; 8787)
  --state FOLDER  where the store is kept (.fader/state)
  --help          this`

async function start({ port, state }) {
  const env = await setup()
  await buildAll(env)
  const keys = localKeys()
  const worker = await run({ env, port, state, keys })
  const stopped = onSignal(worker.stop)
  try {
    const admin = adminOf(worker.url, keys)
    await admin.grantPages()
    await publishExample(worker.url, admin)
    worker.forward(process.stdout)
    say(welcome(worker.url, keys.adminToken, state))
    throw new Failure(`The worker ended by itself: ${await worker.ended}.`)
  } catch (cause) {
    if (!stopped()) throw cause
    say('  Fader has stopped.')
  } finally {
    await worker.stop()
  }
}

async function run({ env, port: wanted, state, keys }) {
  const port = await freePort(wanted)
  if (port !== wanted) say(`  port ${wanted} is taken, so it is ${port}`)
  return step('start the worker', () => startWorker({ env, port, state, secrets: secretsOf(keys) }))
}

/** From here on a signal does this work, and ends nothing else. Gives whether one came. */
function onSignal(work) {
  let came = false
  const act = () => {
    came = true
    return work()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, act)
  return () => came
}

/** Gives a newcomer something to look at. What a person published is never touched. */
async function publishExample(url, admin) {
  if (!(await admin.isEmpty())) return
  const publish = async () => {
    const published = await admin.publish(
      readFileSync(inRoot(example), 'utf8'),
      'the first definition, from the examples',
    )
    await adopted(url)
    return published
  }
  await step(`publish ${example}`, publish, ({ revision, flags }) => `revision ${revision}, ${flags} flags`)
}

async function adopted(url) {
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await (await fetch(`${url}/healthz`)).json()
    if (status === 'ok') return
    await sleep(100)
  }
  throw new Failure('The worker did not take up what was published.')
}

function welcome(url, token, state) {
  const short = (path) => (path.startsWith(root) ? relative(root, path) : path)
  return `
  Fader is running.

    shop         ${url}/shop/
    console      ${url}/console/
    admin token  ${token}
                 (kept in ${short(tokenFile)}, with the other keys of this worker)

  Ctrl-C stops it. What was published stays in ${short(state)}.
`
}

function options() {
  const wanted = { port: { type: 'string' }, state: { type: 'string' }, help: { type: 'boolean' } }
  try {
    const { values } = parseArgs({ options: wanted })
    const port = Number(values.port ?? process.env.PORT ?? 8787)
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Error(`There is no port ${values.port ?? process.env.PORT}.`)
    return { port, state: values.state ? resolve(values.state) : join(local, 'state'), help: values.help }
  } catch (cause) {
    throw new Failure(cause.message, { mend: `\n\n${help}` })
  }
}

await main(async () => {
  const chosen = options()
  if (chosen.help) say(help)
  else await start(chosen)
})

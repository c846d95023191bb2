import { setTimeout as sleep } from 'node:timers/promises'
import { openFlagServer } from '../../e2e/flag-server.mjs'

const title = {
  type: 'string',
  reveal: 'rule',
  stability: 'live',
  variants: { there: 'Hej', elsewhere: 'Hello' },
  safe: 'elsewhere',
  rules: [{ id: 'sweden', where: { country: 'SE' }, serve: 'there' }],
}

/** What each program says that asks for the title in Sweden, for its explanation, and for the title in Norway. */
export const EXPECTED = { title: 'Hej', explained: true, elsewhere: 'Hello' }
/** Pages also ask the worker for the title in Sweden. */
export const EXPECTED_OF_PAGES = { ...EXPECTED, remote: 'Hej' }

/** The real worker with one flag, and a token for each kind of program. */
export async function openFlags() {
  const server = await openFlagServer()
  try {
    return await fill(server)
  } catch (cause) {
    await server.close()
    throw cause
  }
}

async function fill(server) {
  const clientKey = await server.grant('client')
  const edgeKey = await server.grant('edge')
  await server.publish({ format: 1, flags: { title } })
  await answering(`${server.url}/v1/snapshot/client`, { authorization: `Bearer ${clientKey}` })
  return {
    ...server,
    /** What pages are told by their address. */
    asked: new URLSearchParams({ url: server.url, key: clientKey }),
    /** What programs of servers are told by their environment. */
    variables: { FLAGS_URL: server.url, FLAGS_EDGE_KEY: edgeKey, FLAGS_CLIENT_KEY: clientKey },
  }
}

/** Waits until an address answers 200. */
export async function answering(address, headers = {}) {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(address, { headers }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error(`${address} did not answer 200 in 30 s`)
}

import { createClient } from 'fader'

/** How often a client asks for a newer snapshot when nobody tells it of one. */
const POLL_MS = 1_000
/** What a client knows is looked at without asking anybody. */
const LOOK_MS = 5
const CONTEXT = { userId: 'u-1' }

/** Clients of the package, in Node, of which every other one is told of revisions by the stream. */
export async function packageReaders(count, { url, token }) {
  const clients = Array.from({ length: count }, (_, at) => ({
    name: `${at % 2 === 0 ? 'polling' : 'streaming'} client ${at}`,
    client: createClient({ url, key: token, context: CONTEXT, pollIntervalMs: POLL_MS, stream: at % 2 === 1 }),
  }))
  await Promise.all(clients.map(({ client }) => client.ready()))
  const readers = clients.map(({ name, client }) => ({
    name,
    intervalMs: LOOK_MS,
    observe: async (flag) => look(client, flag),
  }))
  const close = () => {
    for (const { client } of clients) client.close()
  }
  return { readers, close }
}

function look(client, flag) {
  if (client.revision === undefined) return undefined
  return { revision: client.revision, isKilled: client.value(flag, true) === false }
}

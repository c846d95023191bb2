/** Gives a page the package, and what tests do with it. */
import * as fader from 'fader'

/** Keep nothing. */
const memory = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
const snapshots = { read: async () => undefined, write: async () => {} }

/** What a reader sees of a client. */
const look = ({ status, revision, value }) => ({ status, revision, n: value('n', -1), live: value('live', -1) })

globalThis.fader = fader
globalThis.test = {
  client: undefined,
  start: async ({ keepsNothing, ...options }) => {
    test.client?.close()
    const client = fader.createClient({ events: false, ...(keepsNothing && { memory, snapshots }), ...options })
    test.client = client
    await client.ready()
    return test.look()
  },
  /** Settles when the page has put away what it got. */
  keep: async () => {
    const isKept = async () => (await (await caches.open('fader')).keys()).length > 0
    while (!(await isKept())) await new Promise((resolve) => setTimeout(resolve, 20))
  },
  look: () => look(bound(test.client)),
  refresh: async () => [await test.client.refresh(), test.look()],
  /** Asks a client for everything that can be asked of it. */
  askAll: async () => {
    const { client } = test
    const heard = []
    const stop = client.subscribe(() => heard.push(client.status))
    const answers = [client.isOn('on'), client.variant('n'), client.value('n', 0), client.outcome('n'), client.all()]
    answers.push(await client.explain('n'), await client.identify({ userId: 'u-2' }), await client.refresh())
    client.expose('n')
    client.track('clicked', 1)
    client.consent(true)
    await client.flush()
    stop()
    return answers.length
  },
}

const bound = (client) => ({
  status: client.status,
  revision: client.revision,
  value: (flag, fallback) => client.value(flag, fallback),
})

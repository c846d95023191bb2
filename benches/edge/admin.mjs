import { digestOf } from './keys.mjs'

const ROOT = { id: 'root', name: 'root', role: 'admin', kind: 'person' }

/** The admin routes, as the person of the configuration's token calls them. */
export function adminOf(fleet) {
  const ask = (path, init = {}) =>
    fetch(fleet.adminUrl + path, {
      ...init,
      headers: { authorization: `Bearer ${fleet.adminToken}`, 'content-type': 'application/json', ...init.headers },
    })
  return {
    ask,
    /** Publishes over whatever is there, or only over what has this ETag. Gives the answer, whatever it is. */
    put: (definition, etag = '*') =>
      ask('/v1/admin/definition', {
        method: 'PUT',
        headers: { 'if-match': etag, 'fader-reason': 'measured' },
        body: typeof definition === 'string' ? definition : JSON.stringify(definition),
      }),
    publish: async (definition) => expectOk(await adminOf(fleet).put(definition)),
    read: async () => {
      const response = await ask('/v1/admin/definition')
      return { etag: response.headers.get('etag'), definition: await response.json() }
    },
    /** Does an operation, such as `kill`. Gives the answer, whatever it is. */
    operate: (name, body) => ask(`/v1/admin/${name}`, { method: 'POST', body: JSON.stringify(body) }),
    /** All revisions, newest first. */
    history: () => wholeHistory(ask),
  }
}

async function wholeHistory(ask) {
  const entries = []
  for (let before = ''; ; before = `?before=${entries.at(-1).revision}`) {
    const page = await expectOk(await ask(`/v1/admin/history${before}`))
    if (page.length === 0) return entries
    entries.push(...page)
  }
}

/** Gives the body of an answer that has to be one. */
export async function expectOk(response) {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** Makes the client token of a fleet known to its store. */
export async function grantToken(fleet) {
  await fleet.store('grant', ROOT, { kind: 'client', name: 'measured', digest: digestOf(fleet.clientToken) })
}

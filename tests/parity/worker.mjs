import * as fader from 'fader'
import { answerAll, parseRequest } from './answers.mjs'

/** Evaluates what it is sent, inside workerd. */
export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/healthz') return new Response('ok')
    const { snapshot, visitors } = parseRequest(await request.arrayBuffer())
    return new Response(await answerAll(fader, snapshot, visitors, Number(searchParams.get('now'))))
  },
}

import * as fader from '../../js/dist/entrypoints/browser.js'
import { answerAll, parseRequest } from './answers.mjs'

/** Evaluates what the page's server has, inside the browser, and hands it back. */
globalThis.run = async (now) => {
  const { snapshot, visitors } = parseRequest(await (await fetch('/request')).arrayBuffer())
  const answers = await answerAll(fader, snapshot, visitors, now)
  await fetch('/answers', { method: 'POST', body: answers })
}

import { type Bootstrap, type BootstrapAnswer, bootstrapScript, type Outcome } from 'fader'
import type { Call } from '../call.ts'
import { report } from '../log.ts'
import { evaluated } from '../observe/evaluated.ts'
import { makePrivate } from '../traffic/caching.ts'
import type { Visitor } from '../traffic/visitor.ts'

/** HTML in an encoding that a piece of ASCII can be put into, which is shown and not saved. */
export function isHtml({ status, headers }: Response): boolean {
  if (status === 206 || status === 204 || status === 304) return false
  if (/^\s*attachment/i.test(headers.get('content-disposition') ?? '')) return false
  if (!/^(?:|identity|gzip|deflate|br)$/i.test(headers.get('content-encoding')?.trim() ?? '')) return false
  return HTML.test(headers.get('content-type') ?? '')
}

const HTML =
  /^\s*text\/html\s*(?:;(?!.*charset)|;.*charset\s*=\s*"?(?:utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d)"?\s*(?:;|$)|$)/i

/** Puts the answers of flags into a page while it streams. It is then for one visitor, and no cache shares it. */
export function withBootstrap(page: Response, visitor: Visitor, call: Call): Response {
  makePrivate(page.headers)
  if (page.body === null) return page
  const block = blockOf(visitor, call)
  return block === undefined ? page : inject(page, block)
}

/** Nothing where it cannot be made: the page is worth more than the block. */
function blockOf(visitor: Visitor, call: Call): string | undefined {
  try {
    return bootstrapScript(bootstrapOf(visitor, call))
  } catch (cause) {
    report('a page goes out without the answers of flags', cause)
    return undefined
  }
}

/** Read from the engine without an `await` between, because a newer revision may take its place. */
function bootstrapOf(visitor: Visitor, call: Call): Bootstrap {
  const { edge, settings } = call.services
  const { adopted } = edge.standing
  const outcomes =
    adopted === undefined || adopted.revealed.size === 0 ? [] : adopted.engine.evaluateAll(visitor.context)
  const revealed = outcomes.filter(({ flag, errorCode }) => errorCode === undefined && adopted?.revealed.has(flag))
  if (visitor.isPerson) evaluated(call, 'page', revealed)
  return {
    environment: settings.environment,
    revision: adopted?.revision ?? 0,
    ...(settings.pageKey === undefined ? {} : { key: settings.pageKey }),
    context: visitor.shown,
    answers: Object.fromEntries(revealed.map(withoutKey)),
    exposed: visitor.isPerson,
  }
}

function withoutKey({ flag, ...answer }: Outcome): [string, BootstrapAnswer] {
  return [flag, answer]
}

/** At the beginning of the head, or where a page has none, of its body, or at its end. */
function inject(page: Response, block: string): Response {
  let isIn = false
  const prepend = (element: Element) => {
    if (!isIn) element.prepend(block, { html: true })
    isIn = true
  }
  return new HTMLRewriter()
    .on('head', { element: prepend })
    .on('body', { element: prepend })
    .onDocument({
      end(end) {
        if (!isIn) end.append(block, { html: true })
      },
    })
    .transform(page)
}

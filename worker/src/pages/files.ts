import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'

/** Scripts, styles and requests of the page's own origin, Wasm, and nothing else. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A file of the shop or the console. */
export async function file(call: Call): Promise<Response> {
  const found = await call.services.assets.fetch(call.request)
  if (found.status === 404) throw new Problem('not-found', 'There is no such page.')
  const response = new Response(found.body, found)
  response.headers.set('content-security-policy', PAGE_POLICY)
  response.headers.set('cross-origin-opener-policy', 'same-origin')
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response
  return new HTMLRewriter()
    .on('head', { element: (head) => void head.append(block(call), { html: true }) })
    .transform(response)
}

/** What the page's own client needs, as data: its policy runs no script that stands in it. */
function block({ services: { settings, edge } }: Call): string {
  const { environment, pageKey: key } = settings
  const bootstrap = { environment, revision: edge.revision ?? 0, key, context: {}, answers: {}, exposed: [] }
  const json = JSON.stringify(bootstrap).replace(/</g, '\\u003c')
  return `<script type="application/json" id="fader-bootstrap">${json}</script>`
}

/** The pages name their files relative to a folder, so without the slash they would find none. */
export function withSlash(call: Call): Response {
  const { pathname, search } = new URL(call.request.url)
  return new Response(null, { status: 308, headers: { location: `${pathname}/${search}` } })
}

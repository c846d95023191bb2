import type { Call } from '../call.ts'
import { Problem } from '../problem.ts'
import { settle } from '../traffic/settle.ts'
import { visitorOf, withCookie } from '../traffic/visitor.ts'
import { isHtml, withBootstrap } from './bootstrap.ts'

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
  return asPage(await call.services.assets.fetch(call.request))
}

/** A page that has the answers of flags in it from the beginning. */
export async function withAnswers(call: Call): Promise<Response> {
  const { assets, edge, cookies } = call.services
  const { url, method } = call.request
  const [found, visitor] = await Promise.all([
    // The browser may have the page already, but not with these answers in it.
    assets.fetch(new Request(url, { method })),
    visitorOf(call.request, new URL(url), cookies),
    settle(edge, call.waitUntil),
  ])
  const page = asPage(found)
  return await withCookie(isHtml(page) ? withBootstrap(page, visitor, call) : page, visitor)
}

function asPage(found: Response): Response {
  if (found.status === 404) throw new Problem('not-found', 'There is no such page.')
  const response = new Response(found.body, found)
  response.headers.set('content-security-policy', PAGE_POLICY)
  response.headers.set('cross-origin-opener-policy', 'same-origin')
  return response
}

/** The pages name their files relative to a folder, so without the slash they would find none. */
export function withSlash(call: Call): Response {
  const { pathname, search } = new URL(call.request.url)
  return new Response(null, { status: 308, headers: { location: `${pathname}/${search}` } })
}

import { withoutOurs } from './cookie.ts'

/** Headers of one connection, which end where it ends (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/** Tells an origin that a request is a copy, whose answer nobody reads. */
export const MIRROR_MARK = 'fader-mirror'

/** What a client must not say of how it came here: origins believe these headers. */
const SPOOFED = new Set([
  MIRROR_MARK,
  'forwarded',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-http-method-override',
  'x-original-host',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
])

/** Beginnings of names that belong to proxies, to the platform, or to Fader itself. */
const INTERNAL = /^(?:proxy-|cf-|x-fader-|x-forwarded-)/

/** A secret token of Fader's own, which came by a slip in the path: origins never see one. */
const OWN_TOKEN = /fader_(?:admin|edge)_/

/** Whose requests an origin is told of. */
interface Outside {
  readonly url: URL
  /** True for a page: it must come whole and as text, so that something can be put into it. */
  readonly isPage: boolean
}

/** The headers for an origin. */
export function towardsOrigin(sent: Headers, { url, isPage }: Outside): Headers {
  const headers = without(sent, (name) => isOfConnection(name) || SPOOFED.has(name))
  const address = sent.get('cf-connecting-ip')
  if (address !== null) headers.set('x-forwarded-for', address)
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1))
  headers.set('x-forwarded-host', url.host)
  const cookies = sent.get('cookie')
  if (cookies?.includes('fader') === true) {
    const others = withoutOurs(cookies)
    if (others === null) headers.delete('cookie')
    else headers.set('cookie', others)
  }
  for (const name of ['authorization', 'x-api-key']) {
    if (OWN_TOKEN.test(sent.get(name) ?? '')) headers.delete(name)
  }
  if (isPage) askForPage(headers)
  if (isWebSocket(sent)) headers.set('upgrade', 'websocket')
  return headers
}

/** A part of a page, one that the client has already, or one in letters that nobody reads here, would be of no use. */
function askForPage(headers: Headers): void {
  headers.set('accept-encoding', 'identity')
  for (const name of ['if-none-match', 'if-modified-since', 'range', 'if-range']) headers.delete(name)
}

/** The headers of an origin's answer, for the client. */
export function towardsClient(answered: Headers): Headers {
  return without(answered, isOfConnection)
}

/** A redirect to an origin of the table is one to here: where it stands is no business of the client. */
export function publicLocation(location: string, origins: ReadonlySet<string>, here: URL): string {
  if (!URL.canParse(location, here.href)) return location
  const { host, pathname, search, hash } = new URL(location, here)
  return host !== here.host && origins.has(host) ? `${here.origin}${pathname}${search}${hash}` : location
}

function isWebSocket(headers: Headers): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket'
}

function isOfConnection(name: string): boolean {
  return HOP_BY_HOP.has(name) || INTERNAL.test(name)
}

/** A copy without the headers that are dropped, and without those that Connection names. */
function without(from: Headers, isDropped: (name: string) => boolean): Headers {
  const headers = new Headers(from)
  for (const name of from.keys()) if (isDropped(name)) headers.delete(name)
  for (const named of from.get('connection')?.toLowerCase().split(',') ?? []) {
    const name = named.trim()
    if (NAME.test(name)) headers.delete(name)
  }
  return headers
}

/** What may be the name of a header. */
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

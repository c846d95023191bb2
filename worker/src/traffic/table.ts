import { isObject, readVariable } from '../json.ts'

/** Where requests may be sent. */
export interface Origin {
  readonly name: string
  /** Scheme, host and port, without a slash at the end: a path is appended to it as it is. */
  readonly base: string
  /** How long it may take until the head of an answer is there. */
  readonly timeoutMs: number
}

/** What is done with the requests of some paths. */
export interface TrafficRoute {
  /** A path, or the beginning of one with `/*` behind it. */
  readonly path: string
  /** The flag whose value is an origin's name. */
  readonly flag?: string
  /** Where requests go when the flag names no origin, or the one that it names is dead. */
  readonly safe: Origin
  /** The flag that sheds requests: true, or after how many seconds to come again. */
  readonly shed?: string
  /** The flag whose value is the name of the origin that gets a copy. */
  readonly mirror?: string
  /** Whether the answers of flags are put into pages. */
  readonly bootstrap: boolean
}

/** Everything that is ever fetched for visitors. */
export interface Table {
  readonly origins: ReadonlyMap<string, Origin>
  readonly routes: readonly TrafficRoute[]
}

const DEFAULT_TIMEOUT_MS = 30_000
const LONGEST_TIMEOUT_MS = 300_000
const FLAG_KEY = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/
const ORIGIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const ROUTE_MEMBERS = ['path', 'flag', 'safe', 'shed', 'mirror', 'bootstrap']

/** Gives the table that the variable has, or nothing when it is not set. Throws with everything that is wrong in it. */
export function parseTable(variable: unknown): Table | undefined {
  if (variable === undefined || variable === '') return undefined
  const faults: string[] = []
  const table = readTable(readVariable(variable), faults)
  if (faults.length === 0) return table
  throw new Error(`TRAFFIC cannot be used.\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
}

/** The first route that has the path. */
export function routeOf({ routes }: Table, pathname: string): TrafficRoute | undefined {
  const path = pathname.includes('%')
    ? pathname.replace(NEEDLESS_ESCAPE, (escaped) => decodeURIComponent(escaped))
    : pathname
  return routes.find((route) => matches(route.path, path))
}

/** Letters, digits, `-`, `.`, `_` and `~` mean the same whether they are escaped or not, so a route has both. */
const NEEDLESS_ESCAPE = /%(?:2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)/gi

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

function readTable(value: unknown, faults: string[]): Table {
  if (!isObject(value) || !isObject(value.origins) || !Array.isArray(value.routes)) {
    faults.push('It is not { "origins": { … }, "routes": [ … ] }; write it as JSON.')
    return { origins: new Map(), routes: [] }
  }
  nameUnknown(value, ['origins', 'routes'], { place: 'TRAFFIC', faults })
  const origins = new Map<string, Origin>()
  for (const [name, written] of Object.entries(value.origins)) {
    const origin = readOrigin(name, written, faults)
    if (origin !== undefined) origins.set(name, origin)
  }
  const routes = value.routes.flatMap((written, at) => {
    const route = readRoute(written, { place: `routes[${at}]`, faults }, origins)
    return route === undefined ? [] : [route]
  })
  nameUnreachable(routes, faults)
  return { origins, routes }
}

interface Reading {
  readonly place: string
  readonly faults: string[]
}

function readOrigin(name: string, written: unknown, faults: string[]): Origin | undefined {
  const place = `origins.${name}`
  const before = faults.length
  if (!ORIGIN_NAME.test(name)) faults.push(`${place}: a name has letters, digits, ".", "_" and "-", and 64 at most.`)
  if (name === 'none') faults.push(`${place}: "none" stands for no origin; give it another name.`)
  if (!isObject(written)) {
    faults.push(`${place} is no object; write { "url": "https://${name}.example.com" }.`)
    return undefined
  }
  nameUnknown(written, ['url', 'timeoutMs'], { place, faults })
  const base = readBase(written.url)
  if (base === undefined) {
    faults.push(
      `${place}.url is ${JSON.stringify(written.url)}; give scheme, host and port alone, such as "https://${name}.example.com".`,
    )
  }
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = written
  if (!Number.isSafeInteger(timeoutMs) || Number(timeoutMs) < 1 || Number(timeoutMs) > LONGEST_TIMEOUT_MS) {
    faults.push(
      `${place}.timeoutMs is ${JSON.stringify(timeoutMs)}; give whole milliseconds from 1 to ${LONGEST_TIMEOUT_MS}.`,
    )
  }
  return faults.length > before || base === undefined ? undefined : { name, base, timeoutMs: Number(timeoutMs) }
}

/** Whatever else a URL may have would be lost, or get between the host and the path. */
function readBase(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, origin, href } = new URL(url)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && (href === origin || href === `${origin}/`) ? origin : undefined
}

function readRoute(
  written: unknown,
  { place, faults }: Reading,
  origins: ReadonlyMap<string, Origin>,
): TrafficRoute | undefined {
  if (!isObject(written)) {
    faults.push(`${place} is no object; write { "path": "/*", "safe": "…" }.`)
    return undefined
  }
  nameUnknown(written, ROUTE_MEMBERS, { place, faults })
  const { path, safe, bootstrap = false } = written
  if (!isPath(path)) {
    faults.push(
      `${place}.path is ${JSON.stringify(path)}; give a path as it stands in a URL, or its beginning with /* behind it.`,
    )
  }
  const origin = origins.get(String(safe))
  if (origin === undefined) {
    faults.push(
      `${place}.safe is ${JSON.stringify(safe)}; name a usable origin: ${[...origins.keys()].join(', ') || 'there is none yet'}.`,
    )
  }
  if (typeof bootstrap !== 'boolean') {
    faults.push(`${place}.bootstrap is ${JSON.stringify(bootstrap)}; give true or false.`)
  }
  const flags = readFlags(written, { place, faults })
  return origin === undefined
    ? undefined
    : { path: String(path), safe: origin, bootstrap: bootstrap === true, ...flags }
}

function readFlags(written: Record<string, unknown>, { place, faults }: Reading) {
  const flags: { flag?: string; shed?: string; mirror?: string } = {}
  for (const name of ['flag', 'shed', 'mirror'] as const) {
    const key = written[name]
    if (key === undefined) continue
    if (typeof key === 'string' && FLAG_KEY.test(key)) flags[name] = key
    else faults.push(`${place}.${name} is ${JSON.stringify(key)}; give the key of a flag, or leave it out.`)
  }
  return flags
}

/** A star stands at the end alone, and what the parser of URLs would write otherwise is never matched. */
function isPath(path: unknown): boolean {
  if (typeof path !== 'string' || !path.startsWith('/')) return false
  const literal = path.endsWith('/*') ? path.slice(0, -1) : path
  if (/[*?#]/.test(literal)) return false
  return (
    new URL(`https://any.example${literal}`).pathname === literal && literal.replace(NEEDLESS_ESCAPE, '') === literal
  )
}

function nameUnknown(written: object, known: readonly string[], { place, faults }: Reading): void {
  for (const name of Object.keys(written)) {
    if (!known.includes(name))
      faults.push(`${place} has an unknown member ${JSON.stringify(name)}; it may have ${known.join(', ')}.`)
  }
}

/** The first route that has a path takes it, so one behind a wider one is never asked. */
function nameUnreachable(routes: readonly TrafficRoute[], faults: string[]): void {
  routes.forEach(({ path }, at) => {
    const wider = routes.slice(0, at).find((earlier) => earlier.path === path || matches(earlier.path, path))
    if (wider !== undefined) {
      faults.push(
        `routes[${at}].path ${JSON.stringify(path)} is never reached behind ${JSON.stringify(wider.path)}; move it before that.`,
      )
    }
  })
}

import { isObject, readVariable } from './json.ts'
import { Paths } from './paths.ts'
import type { Route } from './routes.ts'

/** Other names of routes, as a site chooses them: by path, the path of the route. */
export type SitePaths = ReadonlyMap<string, string>

/** So plain that there is one way to write it: no dot at the beginning of a part, no escapes, no slash at the end. */
const PLAIN = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/
const LONGEST_PATH = 256

/** Reads the variable. Throws with everything that is no path in it. */
export function parseSitePaths(variable: unknown): SitePaths {
  if (variable === undefined || variable === '') return new Map()
  const written = readVariable(variable)
  if (!isObject(written)) throw refused(['It is no object of paths; write such as { "/x7/a": "/v1/stream" }.'])
  const faults = Object.entries(written).flatMap(([path, route]) => [
    ...(PLAIN.test(path) && path.length <= LONGEST_PATH ? [] : [`${JSON.stringify(path)} ${NO_PATH}`]),
    ...(typeof route === 'string' ? [] : [`${JSON.stringify(path)} leads to no text; name the path of a route.`]),
  ])
  if (faults.length > 0) throw refused(faults)
  return new Map(Object.entries(written as Record<string, string>))
}

const NO_PATH = `is no path; begin each part with "/", a letter, a digit, "_", "~" or "-", in ${LONGEST_PATH} characters at most.`

/**
 * Throws unless each leads to a route that is made for clients, and hides none: no guard of the table is ever asked for
 * another path than it was written for.
 */
export function checkSitePaths(paths: SitePaths, table: readonly Route[]): void {
  const rows = table.filter(({ method }) => method !== 'ALL')
  const taken = new Paths<string>()
  for (const { path } of rows) taken.add('ALL', path, path)
  const forClients = new Set(rows.filter(isForClients).map(({ path }) => path))
  const faults = [...paths].flatMap(([path, route]) => {
    const hidden = taken.find('GET', path)?.target
    return [
      ...(hidden === undefined ? [] : [`${path} is the path of a route, ${hidden}; choose another.`]),
      ...(forClients.has(route) ? [] : [`${path} leads to ${route}; it may lead to ${[...forClients].join(', ')}.`]),
    ]
  })
  if (faults.length > 0) throw refused(faults)
}

/** Whatever page may call it with its token. What has a name in its path is not one path. */
function isForClients({ path, access, sharing }: Route): boolean {
  return access !== 'anyone' && sharing === 'any-origin' && !/[:*]/.test(path)
}

function refused(faults: readonly string[]): Error {
  return new Error(`PATHS cannot be used.\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
}

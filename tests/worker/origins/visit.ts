import { createExecutionContext } from 'cloudflare:test'
import { expect } from 'vitest'
import { createApp } from '../../../worker/src/app.ts'
import { Metrics } from '../../../worker/src/observe/metrics.ts'
import { type Isolate, isolate, publish } from '../isolate.ts'
import { origins } from './origins.ts'

export const COOKIE_KEYS = 'k1:a-secret-of-the-tests-alone'

/** One row that was written to the measurements. */
export interface Row {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Measurements that the test can read one by one. */
export class Rows extends Metrics {
  readonly rows: Row[] = []

  override add: Metrics['add'] = (name, labels, by = 1) => {
    this.rows.push({ name, labels, value: by })
  }

  override set: Metrics['set'] = (name, labels, value) => {
    this.rows.push({ name, labels, value })
  }

  override observe: Metrics['observe'] = (name, labels, value) => {
    this.rows.push({ name, labels, value })
  }

  /** What was counted, by one of its labels. */
  count(name: string, label: string): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const row of this.rows.filter((row) => row.name === name)) {
      const key = row.labels[label] ?? 'absent'
      counts[key] = (counts[key] ?? 0) + row.value
    }
    return counts
  }
}

type RouteText = Readonly<Record<string, unknown>>

/** The table of the tests: all their origins, and these routes. */
export function tableOf(...routes: RouteText[]): object {
  const { blue, green, dead } = origins
  return {
    origins: { blue: { url: blue }, green: { url: green }, dead: { url: dead }, slow: { url: green, timeoutMs: 150 } },
    routes,
  }
}

interface Options {
  readonly traffic?: object
  readonly cookieKeys?: string
  readonly now?: () => number
}

/** A worker with traffic, and what it measures. */
export function gate({ traffic = tableOf({ path: '/*', safe: 'blue' }), ...options }: Options = {}) {
  const metrics = new Rows()
  const env = { TRAFFIC: traffic, COOKIE_KEYS: options.cookieKeys ?? COOKIE_KEYS, PAGE_KEY: 'fader_client_page' }
  const worker = isolate({ env, metrics, ...(options.now === undefined ? {} : { now: options.now }) })
  const app = createApp(worker.services)
  /** The answer as it comes, which nobody has read to its end. */
  const stream = async (path: string, init?: RequestInit) =>
    await app.fetch(new Request(new URL(path, HERE), { redirect: 'manual', ...init }), {}, createExecutionContext())
  return Object.assign(worker, { metrics, stream })
}

const HERE = 'https://flags.example.com'

type Flag = Readonly<Record<string, unknown>>

/** Publishes these flags, of which each may say no more than what is special about it. */
export async function publishFlags(
  on: Isolate,
  flags: Readonly<Record<string, Flag>>,
  more: object = {},
): Promise<void> {
  await publish(on, JSON.stringify({ format: 1, ...more, flags }))
  await on.services.edge.refresh()
}

/** A flag whose variants are the origins of the tests, and that is drawn by the visitor's cookie. */
export function backend(flag: Flag = {}): Flag {
  const names = ['blue', 'green', 'dead', 'slow', 'nowhere']
  const variants = Object.fromEntries(names.map((name) => [name, name]))
  return { type: 'string', unit: 'deviceId', variants, safe: 'blue', ...flag }
}

/** The name of the origin that answered. */
export async function nameOf(response: Response): Promise<string> {
  expect(response.status).toBe(200)
  const { name } = await response.json<{ name: string }>()
  return name
}

export const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** The headers of somebody's browser. */
export function browser(more: Readonly<Record<string, string>> = {}): { headers: Record<string, string> } {
  return { headers: { 'user-agent': BROWSER, accept: 'text/html', ...more } }
}

/** The cookie of an answer, as a browser sends it back. */
export function cookieOf(response: Response): string | undefined {
  return response.headers
    .getSetCookie()
    .find((cookie) => /^(?:__Host-)?fader=/.test(cookie))
    ?.split(';')[0]
}

import type { Result, Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'

/** What a method and a path lead to. */
export interface Found<Target> {
  readonly target: Target
  /** What stands in the path for a name, decoded. */
  readonly param: (name: string) => string
}

/**
 * Finds what a request leads to.
 *
 * Only the routers of the library are used: what it makes around a request besides would cost more than most answers do.
 */
export class Paths<Target> {
  readonly #router: Router<Target> = new SmartRouter<Target>({ routers: [new RegExpRouter(), new TrieRouter()] })

  /** What was added first is found first. The method `ALL` stands for every one. */
  add(method: string, path: string, target: Target): void {
    this.#router.add(method, path, target)
  }

  find(method: string, path: string): Found<Target> | undefined {
    const [[first], found]: Result<Target> = this.#router.match(method, path)
    if (first === undefined) return undefined
    const [target, params] = first
    return { target, param: (name) => decoded(textAt(params[name], found)) }
  }
}

/** Where paths are matched by one expression, a parameter is a place in what it found. */
function textAt(at: string | number | undefined, found: readonly string[] | undefined): string {
  return (typeof at === 'number' ? found?.[at] : at) ?? ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A path that the platform cannot have written in another way, and the end of the address. */
const PLAIN_PATH = /^https?:\/\/[^/?#]+(\/[A-Za-z0-9/_-]*)(?:[?#]|$)/

/**
 * Undecoded, so that there is one way to write a path, and what is matched is what was sent. Most paths can be cut out
 * of the address, and what has a dot, a percent sign or anything else unusual is parsed.
 */
export function pathAsSent({ url }: Request): string {
  return PLAIN_PATH.exec(url)?.[1] ?? new URL(url).pathname
}

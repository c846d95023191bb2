import type { Context } from 'fader'
import { isbot } from 'isbot'
import { keepPrivate } from './caching.ts'
import type { Cookies, Known } from './cookie.ts'

/** Reads who sends a request. A visitor who brings no cookie of ours gets an id at once, if a rule asks for it. */
export async function visitorOf(request: Request, url: URL, cookies: Cookies): Promise<Visitor> {
  return new Visitor({ request, url, cookies, known: await cookies.read(request, url.protocol === 'https:') })
}

interface Arrival {
  readonly request: Request
  readonly url: URL
  readonly cookies: Cookies
  readonly known: Known | undefined
}

/** Who sends a request. */
export class Visitor {
  /**
   * What rules may ask for. Each attribute is made when a rule reads it, and none of them is logged: `deviceId`, of the
   * visitor's cookie; `requestId`, another one for each request; `path`, `method`, `host`; `country`, `region`, `city`,
   * `continent` and `colo`, as the platform says; `userAgent`, `language`, `isBot`, `isPrefetch`.
   */
  readonly context: Context
  readonly #arrival: Arrival
  readonly #isPrefetch: boolean
  #isBot: boolean | undefined
  #made: string | undefined
  #isDrawn = false

  constructor(arrival: Arrival) {
    this.#arrival = arrival
    this.#isPrefetch = isPrefetched(arrival.request.headers)
    this.context = contextOf(arrival, {
      deviceId: () => this.#deviceId(),
      isBot: () => this.#bot(),
      isPrefetch: this.#isPrefetch,
    })
  }

  /** False for bots, and for pages that nobody looks at yet: what they are answered is no evidence. */
  get isPerson(): boolean {
    return !this.#isPrefetch && !this.#bot()
  }

  /** The attributes that their own page may know. An id is among them only where a rule has read it. */
  get shown(): Context {
    const names = this.#isDrawn ? (['deviceId', ...SHOWN] as const) : SHOWN
    return Object.fromEntries(
      names.map((name) => [name, this.context[name]]).filter(([, value]) => value !== undefined),
    )
  }

  /** The `Set-Cookie` that keeps them the same, where a rule has read who they are and they have none that lasts. */
  cookie(): Promise<string> | undefined {
    const { known, cookies, url } = this.#arrival
    const renewed = this.#isDrawn && known?.isAging === true && this.isPerson ? known.deviceId : undefined
    const deviceId = this.#made ?? renewed
    return deviceId === undefined ? undefined : cookies.write(deviceId, url.protocol === 'https:')
  }

  #deviceId(): string | undefined {
    this.#isDrawn = true
    const { known, cookies } = this.#arrival
    if (known !== undefined) return known.deviceId
    // Whoever keeps no cookie would be another one each time.
    if (!cookies.areOn || !this.isPerson) return undefined
    this.#made ??= crypto.randomUUID()
    return this.#made
  }

  #bot(): boolean {
    this.#isBot ??= isbot(this.#arrival.request.headers.get('user-agent'))
    return this.#isBot
  }
}

/** What a page may know of whom it is for. The rest it knows better itself. */
const SHOWN = ['country', 'region', 'city', 'continent', 'language', 'isBot', 'isPrefetch'] as const

interface Traits {
  readonly deviceId: () => string | undefined
  readonly isBot: () => boolean
  readonly isPrefetch: boolean
}

function contextOf({ request, url }: Arrival, { deviceId, isBot, isPrefetch }: Traits): Context {
  const { method, headers, cf } = request
  const place = (cf ?? {}) as Partial<IncomingRequestCfProperties>
  let requestId: string | undefined
  return {
    get deviceId() {
      return deviceId()
    },
    get requestId() {
      requestId ??= crypto.randomUUID()
      return requestId
    },
    path: url.pathname,
    method,
    host: url.host,
    country: place.country,
    region: place.region,
    city: place.city,
    continent: place.continent,
    colo: place.colo,
    get userAgent() {
      return headers.get('user-agent') ?? undefined
    },
    get language() {
      return languageOf(headers.get('accept-language'))
    },
    get isBot() {
      return isBot()
    },
    isPrefetch,
  }
}

/** The language that is named first, such as `sv-SE`. */
function languageOf(header: string | null): string | undefined {
  const [first = ''] = header?.split(/[,;]/, 1) ?? []
  const language = first.trim()
  return /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}$/.test(language) ? language : undefined
}

/** Browsers fetch pages before anybody asked for them, and say so. */
function isPrefetched(headers: Headers): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => {
    const purpose = headers.get(name)
    return purpose !== null && /\b(?:prefetch|prerender|preview)\b/i.test(purpose)
  })
}

/** Gives the visitor their cookie, unless a shared cache may keep the answer and give it to others. */
export async function withCookie(response: Response, visitor: Visitor): Promise<Response> {
  // A 304 changes an answer that is kept already.
  if (response.status === 304) return response
  const cookie = visitor.cookie()
  if (cookie === undefined || !keepPrivate(response.headers)) return response
  response.headers.append('set-cookie', await cookie)
  return response
}

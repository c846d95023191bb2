import { randomUUID } from 'node:crypto'
import type { Issue } from '../types.js'
import { CommandError, messageOf, readText } from './command.js'

/** The options that every command has that asks a worker. */
export const remoteOptions = { url: { type: 'string' }, 'token-file': { type: 'string' } } as const

export const remoteHelp = `  --url URL            where the worker is, such as https://flags.example.com; or the variable FADER_URL
  --token-file FILE    a file with the token, or - for standard input; by default the variable FADER_TOKEN is the token.
                       It is never an argument: those are seen by everybody on the machine, and kept by the shell.
`

const PATIENCE_MS = 30_000
const HERE = new Set(['localhost', '127.0.0.1', '[::1]'])
/** A header takes no other characters, so nothing else can be a token. */
const TOKEN = /^[\x21-\x7e]+$/

interface Options {
  readonly url?: string | undefined
  readonly 'token-file'?: string | undefined
}

interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** A worker that said no, and why. */
export class Refusal extends CommandError {
  readonly httpStatus: number
  readonly issues: readonly Issue[]

  constructor(message: string, httpStatus: number, issues: readonly Issue[]) {
    // What is wrong with the worker may be gone the next time; what it refuses will be refused again.
    super(message, httpStatus < 500 ? 1 : 2)
    this.httpStatus = httpStatus
    this.issues = issues
  }
}

/** A worker somewhere, asked with one token. */
export class Remote {
  readonly #url: string
  readonly #token: string

  constructor(options: Options) {
    this.#url = addressOf(options.url ?? process.env.FADER_URL)
    this.#token = tokenOf(options['token-file'])
  }

  /** Gives the answer, and throws a `Refusal` when it is a problem. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Response> {
    const address = `${this.#url}${path}`
    const all: Record<string, string> = { ...headers, authorization: `Bearer ${this.#token}` }
    // Sent twice by whatever stands between, it is still done once.
    if (method !== 'GET') all['idempotency-key'] = randomUUID()
    const content = body === undefined ? {} : { body: body as BodyInit }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(address, { method, headers: all, redirect: 'manual', signal, ...content }).catch(
      (cause: unknown) => {
        throw new CommandError(`${address} does not answer: ${reasonOf(cause)}`)
      },
    )
    if (response.ok) return response
    throw await refusalOf(response, address)
  }

  async json<T>(path: string, question: Question = {}): Promise<T> {
    const response = await this.ask(path, question)
    try {
      return (await response.json()) as T
    } catch {
      throw new CommandError(`${this.#url}${path} answered no JSON; is it a worker of Fader?`)
    }
  }

  /** Sends an object as JSON, and why where that is no part of it. */
  post<T>(path: string, body: object, why?: string): Promise<T> {
    const headers = { 'content-type': 'application/json', ...reasonHeader(why) }
    return this.json<T>(path, { method: 'POST', headers, body: JSON.stringify(body) })
  }
}

/** Why something is done, as the worker takes it: a header takes no letters beyond those of ASCII. */
export function reasonHeader(why: string | undefined): Readonly<Record<string, string>> {
  return why === undefined ? {} : { 'fader-reason': encodeURIComponent(why) }
}

function addressOf(text: string | undefined): string {
  if (text === undefined || text === '') throw new CommandError('say where the worker is: --url URL, or FADER_URL')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CommandError(`${text} is no address of a worker; write one like https://flags.example.com`)
  if (url.username !== '' || url.password !== '')
    throw new CommandError('the address has a password in it; leave it out')
  if (url.protocol === 'http:' && !HERE.has(url.hostname))
    throw new CommandError(`the token would go to ${url.host} in the clear; write https://${url.host}`)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function tokenOf(file: string | undefined): string {
  const token = (file === undefined ? process.env.FADER_TOKEN : readText(file))?.trim()
  if (token === undefined || token === '')
    throw new CommandError('a token is needed: in the variable FADER_TOKEN, or in --token-file FILE')
  if (TOKEN.test(token)) return token
  throw new CommandError('what should be the token has characters that no token has')
}

interface ProblemBody {
  readonly title?: unknown
  readonly detail?: unknown
  readonly issues?: unknown
}

async function refusalOf(response: Response, address: string): Promise<CommandError> {
  const { status } = response
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    const to = response.headers.get('location') ?? 'somewhere else'
    return new CommandError(`${address} sends to ${to}, and a token is not taken along; name that address`)
  }
  const problem = (await response.json().catch(() => ({}))) as ProblemBody | null
  const { title, detail, issues } = problem ?? {}
  const said = [title, detail].filter((part): part is string => typeof part === 'string' && part !== '')
  const words = said.length > 0 ? said.join('. ') : 'without a reason; is it a worker of Fader?'
  return new Refusal(`${address} answered ${status}: ${words}`, status, Array.isArray(issues) ? issues : [])
}

/** What `fetch` says is "fetch failed", and why stands in its cause. */
function reasonOf(cause: unknown): string {
  const deeper = cause instanceof Error ? cause.cause : undefined
  if (!(deeper instanceof Error)) return messageOf(cause)
  const code = 'code' in deeper ? String(deeper.code) : ''
  return [deeper.message, code].find((text) => text !== '') ?? messageOf(cause)
}

import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Context, type Engine, loadEngine } from 'fader'
import { compile } from './definition.ts'
import type { Answer } from './server.ts'

/** What was asked, as it came. */
export interface Asked {
  readonly body: string
  readonly context: Context
  readonly headers: IncomingMessage['headers']
}

/** What the worker evaluates, and what it may tell of it. */
export class Evaluator {
  readonly engine: Engine
  /** What was asked, one after another. */
  readonly asked: Asked[] = []
  readonly #revealed: ReadonlySet<string>
  /** Beside the revision and the environment. */
  metadata: Readonly<Record<string, unknown>> = {}

  constructor(engine: Engine, revealed: ReadonlySet<string>) {
    this.engine = engine
    this.#revealed = revealed
  }

  static async of(definition: string): Promise<Evaluator> {
    const { flags } = JSON.parse(definition) as { flags: Record<string, { reveal?: string }> }
    const revealed = Object.entries(flags).filter(([, { reveal }]) => reveal === 'rule' || reveal === 'value')
    return new Evaluator(await loadEngine(await compile(definition, 'edge')), new Set(revealed.map(([key]) => key)))
  }

  /** The outcomes that clients may be told of. */
  outcomes(context: Context) {
    return this.engine.evaluateAll(context).filter(({ flag }) => this.#revealed.has(flag))
  }

  /** What the worker answers to this context, and its tag. */
  bodyFor(context: Context): { readonly body: string; readonly etag: string } {
    const shared = { version: String(this.engine.revision), ...this.metadata }
    const flags = this.outcomes(context).map(({ flag, value, variant, reason, errorCode, errorMessage, ...more }) =>
      errorCode === undefined
        ? { key: flag, reason, value, variant, metadata: { ...shared, ...more } }
        : { key: flag, errorCode, errorDetails: errorMessage, metadata: shared },
    )
    const body = JSON.stringify({ flags, metadata: { ...shared, flagSetId: this.engine.environment } })
    return { body, etag: `"${createHash('sha256').update(body).digest('hex')}"` }
  }

  readonly answer: Answer = (request, response) => {
    void read(request).then((body) => {
      const { context } = JSON.parse(body) as { context: Context }
      this.asked.push({ body, context, headers: request.headers })
      this.tell(context, request, response)
    })
  }

  tell(context: Context, request: IncomingMessage, response: ServerResponse): void {
    const { body, etag } = this.bodyFor(context)
    const isKnown = request.headers['if-none-match'] === etag
    response.writeHead(isKnown ? 304 : 200, { etag, 'content-type': 'application/json' })
    response.end(isKnown ? undefined : body)
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += piece
  return text
}

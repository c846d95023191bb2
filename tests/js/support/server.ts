import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** What a worker does: a snapshot under a strong ETag, and 304 to whoever has it. */
export const snapshotAnswer =
  (snapshot: Uint8Array, etag: string): Answer =>
  (request, response) => {
    const isKnown = request.headers['if-none-match'] === etag
    response.writeHead(isKnown ? 304 : 200, { etag, 'content-type': 'application/octet-stream' })
    response.end(isKnown ? undefined : snapshot)
  }

/** Answers with a body as it is. */
export const bodyAnswer =
  (status: number, body: Uint8Array | string = '', headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

/** An HTTP server on this machine, whose answer may change at any time. */
export class TestServer {
  answer: Answer = bodyAnswer(404)
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = []
  readonly #server = createServer((request, response) => {
    this.requests.push({ url: request.url ?? '', headers: request.headers })
    this.answer(request, response)
  })

  static async start(): Promise<TestServer> {
    const server = new TestServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}

import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf, type StatementAbout, type TrustedKey, toBase64url } from 'fader'

export const TOKEN = 'fader_admin_of-these-tests'

/** One question as it came. */
export interface Asked {
  readonly line: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A server that stands where the worker would, and answers `METHOD /path` as it is told. */
export class RemoteServer {
  readonly asked: Asked[] = []
  answers: Readonly<Record<string, Answer>> = {}
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      this.asked.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const { status = 200, headers = {}, body } = this.answers[line] ?? { status: 404 }
      response.writeHead(status, headers)
      response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
    })
  })

  static async start(): Promise<RemoteServer> {
    const server = new RemoteServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What a command is given that asks this server. */
  get surroundings() {
    return { env: { FADER_URL: this.url, FADER_TOKEN: TOKEN } }
  }

  reset(answers: Readonly<Record<string, Answer>>): void {
    this.asked.length = 0
    this.answers = answers
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A key as the store has one, which signs as the store does. */
export function newSigner(kid: string) {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = privateKey.export({ format: 'jwk' })
  const key: TrustedKey = { kty: 'OKP', crv: 'Ed25519', kid, x }
  const encode = (value: object) => toBase64url(new TextEncoder().encode(JSON.stringify(value)))
  const statement = async (document: StatementAbout, bytes: Uint8Array, more: object = {}) => {
    const moment = { environment: 'test', revision: 1, issued: Date.now(), expires: Date.now() + 60_000 }
    const said = { ...moment, document, digest: await digestOf(bytes), ...more }
    const signed = `${encode({ alg: 'EdDSA', kid })}.${encode(said)}`
    return `${signed}.${toBase64url(sign(null, Buffer.from(signed), privateKey))}`
  }
  return { key, statement }
}

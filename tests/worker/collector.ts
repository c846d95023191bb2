import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the collector of the tests is. */
    collector: string
  }
}

/**
 * A collector of OpenTelemetry as the worker's tests need one: it keeps what is posted to `/NAME/v1/logs`, and gives it
 * to whoever asks for `GET /NAME`. One whose name begins with `broken` answers 500.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const kept = new Map<string, { headers: unknown; body: unknown }[]>()
  const server = createServer((request, response) => {
    const [, name = ''] = (request.url ?? '').split('/')
    const posts = kept.get(name) ?? []
    kept.set(name, posts)
    if (request.method === 'GET') return response.end(JSON.stringify(posts))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    return request.on('end', () => {
      posts.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(name.startsWith('broken') ? 500 : 200, { 'content-type': 'application/json' })
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('collector', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return () => {
    server.closeAllConnections()
    server.close()
  }
}

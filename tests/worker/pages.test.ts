import { describe, expect, it } from 'vitest'
import { isolate } from './isolate.ts'

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Stands for the built pages. */
const assets = {
  fetch: async (input: RequestInfo | URL) => {
    const { pathname } = new URL(new Request(input).url)
    if (pathname === '/shop/' || pathname === '/console/') {
      return new Response(`<!doctype html><title>${pathname}</title>`, { headers: { 'content-type': 'text/html' } })
    }
    if (pathname === '/assets/shop.js')
      return new Response('0', { headers: { 'content-type': 'text/javascript', etag: '"1"' } })
    return new Response('no such asset', { status: 404 })
  },
}

const worker = isolate({ assets })

describe('the pages', () => {
  it.each(['/shop/', '/console/', '/assets/shop.js'])('%s is served with a strict policy', async (path) => {
    const response = await worker.fetch(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toBe(POLICY)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('keep what the assets say of them', async () => {
    const response = await worker.fetch('/assets/shop.js')
    expect(response.headers.get('content-type')).toBe('text/javascript')
    expect(response.headers.get('etag')).toBe('"1"')
  })

  it.each(['/shop', '/console'])('%s leads to the form with the slash', async (path) => {
    const response = await worker.fetch(`${path}?visitor=u-7`)
    expect(response.status).toBe(308)
    expect(response.headers.get('location')).toBe(`${path}/?visitor=u-7`)
  })

  it.each(['/shop/nothing', '/assets/../shop/nothing', '/console/%2e%2e/'])('%s is a problem of ours', async (path) => {
    const response = await worker.fetch(path)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.text()).not.toContain('no such asset')
  })

  it('take no other method than GET and HEAD', async () => {
    const response = await worker.fetch('/shop/', { method: 'POST', body: 'x' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
  })
})

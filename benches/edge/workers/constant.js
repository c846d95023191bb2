/** The least that an answer can cost: always the same bytes. With `READS` the question is read, as any answer to it has to. */
export default {
  async fetch(request, env) {
    body ??= 'x'.repeat(Number(env.BYTES))
    if (env.READS) await request.json()
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  },
}

let body

/** An origin whose pages are all the same. */
const page = `<!doctype html><title>origin</title>${'<p>A line of a page.</p>'.repeat(200)}`

export default {
  async fetch() {
    return new Response(page, { headers: { 'content-type': 'text/html', 'x-origin': 'measured' } })
  },
}

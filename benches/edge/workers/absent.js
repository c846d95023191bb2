/** Stands where the platform would serve files: there are none. */
export default { fetch: async () => new Response(null, { status: 404 }) }

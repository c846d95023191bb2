/** An origin in workerd: says its name to whoever connects, and gives every message back. */
export default {
  fetch(request, env) {
    if (request.headers.get('upgrade') !== 'websocket') return new Response('no WebSocket', { status: 426 })
    const [client, server] = Object.values(new WebSocketPair())
    server.accept()
    server.send(`${env.NAME} ${new URL(request.url).pathname}`)
    server.addEventListener('message', ({ data }) => server.send(`${env.NAME} ${data}`))
    return new Response(null, { status: 101, webSocket: client })
  },
}

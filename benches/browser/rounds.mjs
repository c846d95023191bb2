const READS = 2_000_000
const FLAGS = 100

/** Reads again what was read before, so many times in each round, and sees what a read takes of time and of the heap. */
export async function measure(createClient, { rounds, ...options }, heapBytes) {
  const client = createClient({
    ...options,
    context: { userId: 'u-1' },
    events: false,
    stream: false,
    pollIntervalMs: 0,
  })
  await client.ready()
  const names = Array.from({ length: FLAGS }, (_, at) => `flag-${at}`)
  const found = { ns: [], bytes: [], reads: READS, on: 0 }
  round(client, names)
  for (let at = 0; at < rounds; at += 1) {
    globalThis.gc()
    const before = heapBytes()
    const began = performance.now()
    found.on += round(client, names)
    found.ns.push(((performance.now() - began) * 1e6) / READS)
    found.bytes.push(Math.max(0, heapBytes() - before) / READS)
  }
  client.close()
  if (!notices(heapBytes)) throw new Error('the heap is not seen to grow by what is surely allocated')
  // Half of the flags are on for anybody, more or less; a client that answers nothing would be fast, too.
  if (found.on < rounds * READS * 0.2) throw new Error(`only ${found.on} reads gave true`)
  return found
}

/** Whether allocating is seen at all. */
function notices(heapBytes) {
  globalThis.gc()
  const before = heapBytes()
  const kept = Array.from({ length: 100_000 }, (_, at) => ({ at }))
  return (heapBytes() - before) / kept.length > 8
}

function round(client, names) {
  let on = 0
  for (let pass = 0; pass < READS / FLAGS; pass += 1) for (const name of names) if (client.isOn(name)) on += 1
  return on
}

import type { WaitUntil } from '../call.ts'
import type { Edge } from '../edge/edge.ts'
import { within } from '../within.ts'

/** How long a visitor waits for the first definition of an isolate before they are answered without one. */
const FIRST_DEFINITION_MS = 1_000

/** Waits for a definition where this isolate never had one, and never for long. Never rejects. */
export async function settle(edge: Edge, waitUntil: WaitUntil): Promise<void> {
  const ready = edge.ready(waitUntil)
  await (edge.revision === undefined ? within(ready, FIRST_DEFINITION_MS) : ready).catch(() => undefined)
}

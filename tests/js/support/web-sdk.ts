import { type Client as Asking, OpenFeature, ProviderEvents } from '@openfeature/web-sdk'
import type { Outcome } from 'fader'
import { FaderWebProvider } from 'fader/openfeature/web'
import { vi } from 'vitest'
import { Puppet } from './puppet.ts'

const flag = (type: string, there: unknown, elsewhere: unknown) => ({
  type,
  reveal: 'rule',
  variants: { there, elsewhere },
  safe: 'elsewhere',
  rules: [{ id: 'sweden', where: { country: 'SE' }, serve: 'there' }],
})
export const flags = {
  banner: flag('boolean', true, false),
  title: flag('string', 'Hej', 'Hello'),
  limit: flag('number', 2.5, 3),
  layout: flag('object', { columns: 4 }, { columns: 2 }),
  mine: { ...flag('boolean', true, false), rules: [{ id: 'me', where: { userId: 'u-1' }, serve: 'there' }] },
  born: {
    ...flag('boolean', true, false),
    rules: [{ id: 'old', where: { born: { before: '2000-01-01T00:00:00Z' } }, serve: 'there' }],
  },
}
export const killed = { ...flags, banner: { ...flags.banner, state: 'killed' } }
export const SWEDEN = { targetingKey: 'u-1', country: 'SE' }
export const NORWAY = { targetingKey: 'u-1', country: 'NO' }

// What is asked for here fails on purpose.
const silent = () => {}
OpenFeature.setLogger({ error: silent, warn: silent, info: silent, debug: silent })

export const EVENTS = Object.values(ProviderEvents)
export const soon = (check: () => void) => vi.waitFor(check, { interval: 2, timeout: 3_000 })
/** Long enough for everything that was going to be said. */
export const calm = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Writes down the events of a domain from now on, without those that tell of what was before. */
export async function listen(asking: Asking): Promise<string[]> {
  const heard: string[] = []
  for (const event of EVENTS) asking.addHandler(event, (told) => heard.push(sentence(event, told)))
  await calm()
  heard.length = 0
  return heard
}

export const sentence = (event: ProviderEvents, told: unknown) => {
  const { flagsChanged } = (told ?? {}) as { flagsChanged?: readonly string[] }
  return [event.replace('PROVIDER_', ''), ...(flagsChanged ?? [])].join(' ')
}

export async function use(provider: FaderWebProvider, context = {}): Promise<Asking> {
  await OpenFeature.setProviderAndWait('test', provider, context)
  return OpenFeature.getClient('test')
}

export async function usePuppet(...outcomes: Outcome[]) {
  const puppet = new Puppet(...outcomes)
  const asking = await use(new FaderWebProvider({ client: puppet }))
  return { puppet, asking, heard: await listen(asking) }
}

/** No test sees another's provider, context or handlers. */
export async function clear(): Promise<void> {
  await OpenFeature.clearProviders()
  await OpenFeature.clearContexts()
  OpenFeature.clearHandlers()
}

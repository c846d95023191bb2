import { createApp } from './app.ts'
import type { Env } from './env.ts'
import { problemOf } from './problem.ts'
import { servicesOf } from './services.ts'

export { FlagStore } from './objects/flag-store.ts'
export { Ledger } from './objects/ledger.ts'

/** The engine and what it knows must outlive a request, so this one variable is the isolate's. */
let app: ReturnType<typeof createApp> | undefined

export default {
  async fetch(request, env, ctx) {
    try {
      app ??= createApp(servicesOf(env))
      return await app.fetch(request, env, ctx)
    } catch (thrown) {
      return problemOf(thrown).response()
    }
  },
} satisfies ExportedHandler<Env>

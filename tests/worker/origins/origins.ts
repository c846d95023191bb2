import { inject } from 'vitest'

/** The addresses of the origins that the tests of traffic have, by their names. */
export interface Origins {
  readonly blue: string
  readonly green: string
  /** Nothing listens there. */
  readonly dead: string
  readonly blueSocket: string
  readonly greenSocket: string
}

declare module 'vitest' {
  interface ProvidedContext {
    origins: Origins
  }
}

export const origins: Origins = inject('origins')

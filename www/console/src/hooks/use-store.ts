import { useCallback, useEffect, useRef, useState } from 'react'
import type { Api, Current, Denied, Failed, PublishOutcome } from '../api.ts'
import { type Definition, readDefinition } from '../definition.ts'

/** What the store holds, as far as it is known. */
export type Held =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'definition'; readonly definition: Definition }
  | Failed

export type Publish = (text: string, base: number | undefined, why: string) => Promise<PublishOutcome | Failed>

/**
 * Keeps the definition as the store has it, and publishes new ones.
 *
 * `onDenied` is called for a token that is wrong from the start. One that stops being accepted is told as a failure,
 * because leaving the page would take away what is typed.
 */
export function useStore(api: Api, onDenied: (detail: string) => void) {
  const [held, setHeld] = useState<Held>({ kind: 'unknown' })
  const hasRead = useRef(false)

  const reload = useCallback(async () => {
    const answer = await api.current()
    if (answer.kind === 'denied') {
      if (hasRead.current) setHeld(failureOf(answer))
      else onDenied(answer.detail)
      return
    }
    if (answer.kind !== 'failed') hasRead.current = true
    setHeld(answer.kind === 'definition' ? heldOf(answer) : answer)
  }, [api, onDenied])

  const publish: Publish = useCallback(
    async (text, base, why) => {
      const outcome = await api.publish(text, base, why)
      if (outcome.kind === 'denied') return failureOf(outcome)
      // Somebody was faster, or it worked: either way there is something newer to show.
      if (outcome.kind === 'published' || outcome.kind === 'overtaken') await reload()
      return outcome
    },
    [api, reload],
  )

  useEffect(() => {
    void reload()
    const onVisible = () => {
      if (document.visibilityState === 'visible') void reload()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [reload])

  return { held, reload, publish }
}

const failureOf = ({ detail }: Denied): Failed => ({
  kind: 'failed',
  title: 'The token is not accepted any more',
  detail,
})

const heldOf = ({ text, revision }: Extract<Current, { kind: 'definition' }>): Held => ({
  kind: 'definition',
  definition: readDefinition(text, revision),
})

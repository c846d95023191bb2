import { useState } from 'react'
import type { NoticeText } from '../components/notice.tsx'
import type { Definition } from '../definition.ts'
import { type Draft, firstDefinition, type Verdict } from '../draft.ts'
import { useLeaveWarning } from './use-leave-warning.ts'
import type { Publish } from './use-store.ts'

interface Options {
  readonly definition: Definition | undefined
  readonly publish: Publish
  readonly onNotice: (notice: NoticeText | undefined) => void
}

/** What is typed, and what came of publishing it. Until something is typed, the draft is what the store has. */
export function useDraft({ definition, publish, onNotice }: Options) {
  const [typed, setTyped] = useState<Draft>()
  const [verdict, setVerdict] = useState<Verdict>({ kind: 'none' })
  useLeaveWarning(typed !== undefined)
  const draft = typed ?? { text: definition?.text ?? firstDefinition, base: definition?.revision }

  const send = async (why: string) => {
    onNotice(undefined)
    const outcome = await publish(draft.text, draft.base, why)
    setVerdict(outcome.kind === 'published' ? { kind: 'none' } : outcome)
    if (outcome.kind !== 'published') return false
    // Whoever went on typing meanwhile goes on from what was published.
    setTyped((now) => (now === undefined || now.text === draft.text ? undefined : { ...now, base: outcome.revision }))
    onNotice({ tone: 'good', text: `Revision ${outcome.revision} is published, with ${outcome.flags} flags.` })
    return true
  }
  return {
    draft,
    verdict,
    isTyped: typed !== undefined,
    /** Gives whether it is published. */
    send,
    type: (text: string) => setTyped({ text, base: draft.base }),
    /** Goes on with the same text, to replace another revision than the one it was begun from. */
    rebase: (base: number) => {
      setTyped({ text: draft.text, base })
      setVerdict({ kind: 'none' })
    },
    discard: () => {
      setTyped(undefined)
      setVerdict({ kind: 'none' })
    },
  }
}

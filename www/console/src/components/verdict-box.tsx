import type { Definition } from '../definition.ts'
import type { Verdict } from '../draft.ts'
import { Conflict } from './conflict.tsx'
import { IssueList } from './issue-list.tsx'

interface Props {
  readonly verdict: Verdict
  /** The revision that the draft was begun from. */
  readonly base: number | undefined
  readonly current: Definition | undefined
  readonly onShow: (path: string) => void
  readonly onRebase: (base: number) => void
  readonly onDiscard: () => void
}

/** Why a draft was not published. */
export function VerdictBox({ verdict, base, current, onShow, onRebase, onDiscard }: Props) {
  switch (verdict.kind) {
    case 'none':
      return null
    case 'invalid':
      return <IssueList issues={verdict.issues} count={verdict.count} onShow={onShow} />
    case 'overtaken':
      return (
        <Conflict
          base={base}
          revision={current?.revision ?? 0}
          theirs={current?.text}
          onRebase={() => onRebase(current?.revision ?? 0)}
          onDiscard={onDiscard}
        />
      )
    case 'failed':
      return (
        <p className="standing standing--bad" role="alert">
          Nothing was published. {verdict.title}. <span className="stored">{verdict.detail}</span>
        </p>
      )
  }
}

import { useRef } from 'react'
import { EditorBar } from '../components/editor-bar.tsx'
import type { NoticeText } from '../components/notice.tsx'
import { VerdictBox } from '../components/verdict-box.tsx'
import type { Definition } from '../definition.ts'
import { useDraft } from '../hooks/use-draft.ts'
import type { Publish } from '../hooks/use-store.ts'
import { parseIssuePath } from '../json/issue-path.ts'
import { locate } from '../json/locate.ts'
import { selectSpan } from '../select-span.ts'

interface Props {
  readonly definition: Definition | undefined
  readonly publish: Publish
  readonly onNotice: (notice: NoticeText | undefined) => void
}

/** The whole definition as text. What is typed is never lost to what others publish. */
export function EditorView({ definition, publish, onNotice }: Props) {
  const area = useRef<HTMLTextAreaElement>(null)
  const { draft, verdict, isTyped, send, type, rebase, discard } = useDraft({ definition, publish, onNotice })

  const show = (path: string) => {
    const span = locate(draft.text, parseIssuePath(path))
    if (area.current !== null && span !== undefined) selectSpan(area.current, span)
  }
  return (
    <section className="editor" aria-label="Definition">
      <EditorBar
        base={draft.base}
        isTyped={isTyped}
        isOvertaken={verdict.kind === 'overtaken'}
        onPublish={send}
        onDiscard={discard}
      />
      <VerdictBox
        verdict={verdict}
        base={draft.base}
        current={definition}
        onShow={show}
        onRebase={rebase}
        onDiscard={discard}
      />
      <textarea
        ref={area}
        className="editor__text"
        aria-label="Definition as JSON"
        value={draft.text}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => type(event.target.value)}
      />
    </section>
  )
}

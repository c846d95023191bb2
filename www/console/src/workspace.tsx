import { useState } from 'react'
import type { Api } from './api.ts'
import { Notice, type NoticeText } from './components/notice.tsx'
import { Topbar } from './components/topbar.tsx'
import { type Held, type Publish, useStore } from './hooks/use-store.ts'
import { useTab } from './hooks/use-tab.ts'
import { EditorView } from './views/editor-view.tsx'
import { FlagsView } from './views/flags-view.tsx'
import { HistoryView } from './views/history-view.tsx'

interface Props {
  readonly api: Api
  readonly onSignOut: (reason?: string) => void
}

/** Everything behind the sign-in. */
export function Workspace({ api, onSignOut }: Props) {
  const { held, reload, publish } = useStore(api, onSignOut)
  const [notice, setNotice] = useState<NoticeText>()
  const tab = useTab(held.kind === 'empty')
  const definition = held.kind === 'definition' ? held.definition : undefined
  return (
    <div className="frame">
      <Topbar definition={definition} tab={tab} onReload={() => void reload()} onSignOut={() => onSignOut()} />
      <main className="frame__main" tabIndex={-1}>
        <h1 className="hidden">{tab}</h1>
        <Notice notice={notice} onDismiss={() => setNotice(undefined)} />
        <Standing held={held} />
        {tab === 'flags' && definition !== undefined && (
          <FlagsView definition={definition} publish={publish} onNotice={setNotice} />
        )}
        <Editor held={held} publish={publish} shown={tab === 'definition'} onNotice={setNotice} />
        {tab === 'history' && <HistoryView key={definition?.revision} api={api} />}
      </main>
    </div>
  )
}

function Standing({ held }: { readonly held: Held }) {
  if (held.kind === 'unknown') return <p className="soft">Reading the definition …</p>
  if (held.kind === 'empty')
    return <p className="standing">Nothing is published yet. Write the first definition below.</p>
  if (held.kind === 'failed')
    return (
      <p className="standing standing--bad" role="alert">
        {held.title}. {held.detail}
      </p>
    )
  return null
}

interface EditorProps {
  readonly held: Held
  readonly publish: Publish
  readonly shown: boolean
  readonly onNotice: (notice: NoticeText | undefined) => void
}

/** The editor stays while another tab is shown, and with it what is typed. */
function Editor({ held, publish, shown, onNotice }: EditorProps) {
  const [known, setKnown] = useState<Held>(held)
  // A failed reading must not take away what was there.
  if (held !== known && (held.kind === 'definition' || held.kind === 'empty')) setKnown(held)
  if (known.kind !== 'definition' && known.kind !== 'empty') return null
  const definition = known.kind === 'definition' ? known.definition : undefined
  return (
    <div hidden={!shown}>
      <EditorView definition={definition} publish={publish} onNotice={onNotice} />
    </div>
  )
}

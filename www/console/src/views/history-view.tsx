import { useEffect, useState } from 'react'
import type { Api, HistoryEntry } from '../api.ts'

interface Props {
  readonly api: Api
}

type State = { readonly entries?: readonly HistoryEntry[]; readonly error?: string }

export function HistoryView({ api }: Props) {
  const [{ entries, error }, setState] = useState<State>({})
  useEffect(() => {
    let wanted = true
    void api.history().then((answer) => {
      if (!wanted) return
      setState(answer.kind === 'history' ? { entries: answer.entries } : { error: answer.detail })
    })
    return () => {
      wanted = false
    }
  }, [api])
  if (error !== undefined) return <p className="standing standing--bad">The history could not be read. {error}</p>
  if (entries === undefined) return <p className="soft">Reading the history …</p>
  return (
    <table className="history" data-testid="history">
      <thead>
        <tr>
          <th scope="col">Revision</th>
          <th scope="col">Published</th>
          <th scope="col">By</th>
          <th scope="col">Why</th>
          <th scope="col">Flags</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Row key={entry.revision} entry={entry} />
        ))}
      </tbody>
    </table>
  )
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const number = new Intl.NumberFormat('en')

function Row({ entry: { revision, published, by, why, flags, bytes } }: { readonly entry: HistoryEntry }) {
  const instant = Date.parse(published)
  return (
    <tr>
      <td>{revision}</td>
      <td>
        <time dateTime={published}>{Number.isNaN(instant) ? published : time.format(instant)}</time>
      </td>
      <td className="stored">{by}</td>
      <td className="stored history__why">{why}</td>
      <td>{number.format(flags)}</td>
      <td>{number.format(bytes)}</td>
    </tr>
  )
}

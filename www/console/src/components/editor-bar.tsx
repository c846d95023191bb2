import { type FormEvent, useState } from 'react'
import { Why } from './why.tsx'

interface Props {
  readonly base: number | undefined
  readonly isTyped: boolean
  /** Then it must be said first what is to become of the text. */
  readonly isOvertaken: boolean
  /** Gives whether it is published. */
  readonly onPublish: (why: string) => Promise<boolean>
  readonly onDiscard: () => void
}

export function EditorBar({ base, isTyped, isOvertaken, onPublish, onDiscard }: Props) {
  const begun = base === undefined ? 'the first one' : `begun from revision ${base}`
  const [why, setWhy] = useState('')
  const submit = async () => {
    // What was said of one revision is not true of the next.
    if (await onPublish(why.trim())) setWhy('')
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void submit()
  }
  return (
    <form className="editor__bar" onSubmit={onSubmit}>
      <p className="soft">{isTyped ? `Changed, ${begun}` : `As published, ${begun}`}</p>
      <button type="button" className="button button--quiet" disabled={!isTyped} onClick={onDiscard}>
        Discard
      </button>
      <Why why={why} onWhy={setWhy} />
      <button type="submit" className="button" disabled={isOvertaken}>
        Publish as revision {(base ?? 0) + 1}
      </button>
    </form>
  )
}

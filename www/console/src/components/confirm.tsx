import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Why } from './why.tsx'

interface Props {
  readonly title: string
  readonly text: string
  readonly verb: string
  readonly dangerous: boolean
  readonly onConfirm: (why: string) => void
  readonly onCancel: () => void
}

/** Asks before something is published, and why. */
export function Confirm({ title, text, verb, dangerous, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [why, setWhy] = useState('')
  useEffect(() => dialog.current?.showModal(), [])
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    onConfirm(why.trim())
  }
  return (
    <dialog className="confirm" ref={dialog} aria-labelledby="confirm" onClose={onCancel}>
      <h2 className="confirm__title stored" id="confirm">
        {title}
      </h2>
      <p className="stored">{text}</p>
      <form className="confirm__form" onSubmit={onSubmit}>
        <Why why={why} onWhy={setWhy} />
        <p className="confirm__buttons">
          <button type="button" className="button button--quiet" onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" className={dangerous ? 'button button--danger' : 'button'}>
            {verb}
          </button>
        </p>
      </form>
    </dialog>
  )
}

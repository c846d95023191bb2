import { useEffect, useRef } from 'react'

interface Props {
  readonly title: string
  readonly text: string
  readonly verb: string
  readonly dangerous: boolean
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

/** Asks before something is published. */
export function Confirm({ title, text, verb, dangerous, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog className="confirm" ref={dialog} aria-labelledby="confirm" onClose={onCancel}>
      <h2 className="confirm__title stored" id="confirm">
        {title}
      </h2>
      <p className="stored">{text}</p>
      <p className="confirm__buttons">
        <button type="button" className="button button--quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" className={dangerous ? 'button button--danger' : 'button'} onClick={onConfirm}>
          {verb}
        </button>
      </p>
    </dialog>
  )
}

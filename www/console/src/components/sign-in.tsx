import { type FormEvent, useState } from 'react'
import { createApi } from '../api.ts'
import { Mark } from './mark.tsx'

interface Props {
  /** Why a former token was no longer accepted. */
  readonly refusal: string
  readonly onSignedIn: (token: string) => void
}

export function SignIn({ refusal, onSignedIn }: Props) {
  const [token, setToken] = useState('')
  const [error, setError] = useState(refusal)
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    setBusy(true)
    setError('')
    const answer = await createApi(token.trim()).current()
    setBusy(false)
    if (answer.kind === 'denied') setError(answer.detail)
    else if (answer.kind === 'failed') setError(`${answer.title}. ${answer.detail}`)
    else onSignedIn(token.trim())
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void submit()
  }
  return (
    <main className="sign-in">
      <form className="sign-in__form" onSubmit={onSubmit}>
        <h1 className="sign-in__title">
          <Mark /> Fader
        </h1>
        <label className="field">
          <span>Admin token</span>
          <input
            type="password"
            value={token}
            autoComplete="off"
            spellCheck={false}
            required
            aria-describedby="error"
            aria-invalid={error !== ''}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <p id="error" className="sign-in__error" role="alert">
          {error}
        </p>
        <button type="submit" className="button" disabled={busy}>
          {busy ? 'Asking …' : 'Sign in'}
        </button>
        <p className="soft">`npm start` prints the token. This tab keeps it until you close it.</p>
      </form>
    </main>
  )
}

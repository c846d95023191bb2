import { useCallback, useMemo, useState } from 'react'
import { createApi } from './api.ts'
import { SignIn } from './components/sign-in.tsx'
import { session } from './session.ts'
import { Workspace } from './workspace.tsx'

export function App() {
  const [token, setToken] = useState(() => session.read())
  const [refusal, setRefusal] = useState('')
  const api = useMemo(() => (token === undefined ? undefined : createApi(token)), [token])

  const signIn = (accepted: string) => {
    session.write(accepted)
    setToken(accepted)
    setRefusal('')
  }
  const signOut = useCallback((reason = '') => {
    session.write(undefined)
    setToken(undefined)
    setRefusal(reason)
  }, [])

  if (api === undefined) return <SignIn refusal={refusal} onSignedIn={signIn} />
  return <Workspace api={api} onSignOut={signOut} />
}

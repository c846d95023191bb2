import type { Client, Explanation, Outcome } from 'fader'
import { useEffect, useState } from 'react'

interface State {
  readonly of: Outcome
  readonly explanation: Explanation
}

/** How an outcome came about. A new outcome is explained anew. */
export function useExplanation(outcome: Outcome, explain: Client['explain']): Explanation | undefined {
  const [state, setState] = useState<State>()
  useEffect(() => {
    let wanted = true
    void explain(outcome.flag).then((explanation) => {
      if (wanted) setState({ of: outcome, explanation })
    })
    return () => {
      wanted = false
    }
  }, [outcome, explain])
  return state?.of === outcome ? state.explanation : undefined
}

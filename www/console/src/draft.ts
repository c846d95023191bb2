import type { Issue } from 'fader'

/** What is typed into the editor, and from which revision it was begun. */
export interface Draft {
  readonly text: string
  /** Nothing when the store was empty. */
  readonly base: number | undefined
}

/** What came of the last attempt to publish a draft. */
export type Verdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[]; readonly count: number }
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'failed'; readonly title: string; readonly detail: string }

export const firstDefinition = `{
  "format": 1,
  "flags": {
    "hello": {
      "type": "boolean",
      "reveal": "rule",
      "variants": { "on": true, "off": false },
      "safe": "off"
    }
  }
}
`

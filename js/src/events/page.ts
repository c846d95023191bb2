/** What of a page a recorder needs. Nothing of it is there in a server. */
export interface Page {
  readonly document?: { readonly visibilityState: string }
  readonly navigator?: {
    readonly locks?: LockManager
    readonly onLine?: boolean
    sendBeacon?(address: string, body: string): boolean
  }
  addEventListener?(name: string, work: (event: Event) => void, how: { readonly signal: AbortSignal }): void
}

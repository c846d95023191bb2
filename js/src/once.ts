/** Does something once, and again only if it failed: a lost network must not be lost for ever. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work().catch((cause: unknown) => {
      result = undefined
      throw cause
    })
    return result
  }
}

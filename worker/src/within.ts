/** What did not come in time. */
export class Late extends Error {
  override readonly name = 'Late'
}

/** Settles as the promise does, or rejects with `Late` after so many milliseconds. */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}

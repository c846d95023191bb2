/** Something a person can mend: what went wrong, the end of the log, and what to do. */
export class Failure extends Error {
  constructor(message, { log = '', mend = '' } = {}) {
    super(message)
    this.name = 'Failure'
    this.log = log
    this.mend = mend
  }

  /** The failure as it is printed. */
  get report() {
    const parts = [this.message]
    if (this.log) parts.push(tail(this.log, 40))
    if (this.mend) parts.push(`What to do: ${this.mend}`)
    return parts.join('\n\n')
  }
}

/** Runs a command's main function, and turns what it throws into a message and an exit status. */
export async function main(work) {
  try {
    await work()
  } catch (cause) {
    const report = cause instanceof Failure ? cause.report : (cause?.stack ?? String(cause))
    process.stderr.write(`\n${report}\n`)
    process.exitCode = 1
  }
}

export function tail(text, lines) {
  const all = text.trimEnd().split('\n')
  const left = all.length - lines
  return left > 0 ? [`… ${left} lines before …`, ...all.slice(-lines)].join('\n') : all.join('\n')
}

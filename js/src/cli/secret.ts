import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { CommandError, messageOf } from './command.js'

const TOKEN_BYTES = 32

/** A new token. Its kind stands in it, so that who finds one knows what it is worth. */
export const newToken = (kind: string): string => `fader_${kind}_${randomBytes(TOKEN_BYTES).toString('base64url')}`

/** What the store is given instead of a token: its SHA-256, in lowercase hex. */
export const hexDigestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Writes a secret to a new file that its owner alone may read, or to standard output. */
export function writeSecret(file: string, content: string): void {
  if (file === '-') {
    process.stdout.write(content)
    return
  }
  if (existsSync(file)) throw new CommandError(`${file} is there already, and a secret is never written over`)
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' })
    // Some file systems take no mode with a new file.
    chmodSync(file, 0o600)
  } catch (cause) {
    throw new CommandError(`${file} cannot be written: ${messageOf(cause)}`)
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, messageOf } from './command.js'

const LANGUAGES =
  'ts,mts,cts,tsx,js,mjs,cjs,jsx,vue,svelte,astro,html,rs,go,py,rb,php,java,kt,kts,scala,swift,m,mm,dart,cs,c,cc,cpp,h,ex,exs'
const source = new RegExp(`\\.(?:${LANGUAGES.replaceAll(',', '|')})$`, 'i')
const elsewhere = new Set(['node_modules', 'dist', '.git'])
/** What stands between quotation marks and may be a key. The last mark may be the first of what comes next. */
const quoted = /(["'`])([A-Za-z0-9][A-Za-z0-9._:/-]{0,127})(?=\1)/g
/** Declarations name every flag and read none. */
const declares = /^\/\/ The flags of .*`fader types`/

/** Returns every string in some files and folders that may be the key of a flag. */
export function keysIn(paths: readonly string[]): Set<string> {
  const keys = new Set<string>()
  for (const file of paths.flatMap((path) => filesIn(path))) {
    const text = open(file, (file) => readFileSync(file, 'utf8'))
    if (declares.test(text)) continue
    for (const [, , key] of text.matchAll(quoted)) if (key !== undefined) keys.add(key)
  }
  return keys
}

/** A file that was named is searched whatever it is called. */
function filesIn(path: string): string[] {
  return open(path, (path) => statSync(path)).isDirectory() ? sourcesIn(path) : [path]
}

function sourcesIn(folder: string): string[] {
  const entries = open(folder, (folder) => readdirSync(folder, { withFileTypes: true }))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return elsewhere.has(entry.name) ? [] : sourcesIn(path)
    return entry.isFile() && source.test(entry.name) ? [path] : []
  })
}

function open<T>(path: string, work: (path: string) => T): T {
  try {
    return work(path)
  } catch (cause) {
    throw new CommandError(`${path} cannot be read: ${messageOf(cause)}`)
  }
}

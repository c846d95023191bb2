import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { inRoot, root, tools } from './paths.mjs'

const notOurs = new Set([
  'node_modules',
  'dist',
  'generated',
  'target',
  '.wrangler',
  '.next',
  '.git',
  '.tools',
  '.fader',
])

/** Every file under the paths, in order. A path that is asked for by name is walked whatever its name is. */
export function filesIn(...paths) {
  return paths.flatMap((path) => walk(inRoot(path))).sort()
}

function walk(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return []
  if (found.isFile()) return [path]
  return readdirSync(path)
    .filter((name) => !notOurs.has(name))
    .flatMap((name) => walk(join(path, name)))
}

/** Does work again only when what it reads, or what it wrote, is not as it was after the last time. */
export async function whenChanged(name, { reads, writes }, work) {
  const path = join(tools, 'stamps', name)
  const before = digest(reads)
  if (read(path) === `${before} ${digest(writes)}`) return false
  await work()
  mkdirSync(join(tools, 'stamps'), { recursive: true })
  writeFileSync(path, `${before} ${digest(writes)}`)
  return true
}

function digest(paths) {
  const hash = createHash('sha256')
  for (const file of filesIn(...paths)) {
    const bytes = readFileSync(file)
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

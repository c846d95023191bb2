import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { inRoot, tools } from './paths.mjs'
import { pins } from './pins.mjs'

const { platform, arch, versions, execPath } = process
/** The package of npm that holds nothing but Node for this machine. */
export const nodePackage = `node-${platform === 'win32' ? 'win' : platform}-${arch}`
const ownNode = join(tools, 'node', 'node_modules', nodePackage, 'bin')

/** Nothing that runs here calls home, and what it prints can be read by a script. */
const quiet = {
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: join(tools, 'logs', 'wrangler'),
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/** True when the Node that runs this is one that every tool accepts. */
export function nodeIsNewEnough(version = versions.node) {
  const [major, minor] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = pins.oldestNode
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

export const ownNodeIsThere = () => existsSync(join(ownNode, platform === 'win32' ? 'node.exe' : 'node'))

/** The environment of every child: the project's own tools come before those of the machine. */
export function environment(more = {}) {
  const first = [
    nodeIsNewEnough() ? dirname(execPath) : ownNode,
    join(tools, 'cargo', 'bin'),
    inRoot('node_modules', '.bin'),
  ]
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const path = [...first, process.env[name] ?? ''].join(delimiter)
  return { ...process.env, ...quiet, ...more, [name]: path }
}

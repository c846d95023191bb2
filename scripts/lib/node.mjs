import { existsSync, readFileSync } from 'node:fs'
import { run } from './command.mjs'
import { environment, nodeIsNewEnough, nodePackage, ownNodeIsThere } from './environment.mjs'
import { inRoot, tools } from './paths.mjs'
import { pins } from './pins.mjs'

const offline = 'See that the npm registry can be reached (a proxy? a certificate?), then run the same command again.'

const installNode = () =>
  run('npm', ['install', '--prefix', `${tools}/node`, '--no-save', `${nodePackage}@${pins.node}`], { mend: offline })

const installPackages = () =>
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { env: environment(), mend: offline })

/**
 * True when what npm says it installed is what the lock asks for.
 * npm writes its own list last, so an install that was cut short leaves none.
 */
function packagesAreThere() {
  const installed = inRoot('node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const have = packagesOf(installed)
  return Object.entries(packagesOf(inRoot('package-lock.json')))
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, wanted]) => matches(have[path], wanted))
}

const packagesOf = (lock) => JSON.parse(readFileSync(lock, 'utf8')).packages ?? {}

/** What is for other machines only is optional, and absent here. */
function matches(found, wanted) {
  if (!found) return wanted.optional === true
  return found.version === wanted.version && found.integrity === wanted.integrity
}

/** What runs the scripts' children, and the packages that they use. */
export const nodeTools = [
  {
    title: `Node ${pins.node} beside ${process.versions.node}`,
    isThere: () => nodeIsNewEnough() || ownNodeIsThere(),
    install: installNode,
  },
  { title: 'npm packages', isThere: packagesAreThere, install: installPackages },
]

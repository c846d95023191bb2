import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/lib/command.mjs'
import { environment } from '../../../scripts/lib/environment.mjs'
import { alone } from '../../../scripts/lib/lock.mjs'
import { inRoot, tools } from '../../../scripts/lib/paths.mjs'
import { whenChanged } from '../../../scripts/lib/stamp.mjs'

const here = 'tests/packaging'
export const projects = inRoot(here, 'projects')
const mend = 'See that the npm registry can be reached (a proxy? a certificate?), then run the same command again.'
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund']

/** What the projects are built with. Programs are run by these paths, so that no other of that name is. */
export const tool = (name) => inRoot(here, 'node_modules', '.bin', name)

/** Installs the tools from their lock, when that is not what it was. */
export async function installTools() {
  const reads = [`${here}/package.json`, `${here}/package-lock.json`]
  const writes = [`${here}/node_modules/.package-lock.json`]
  await alone('packaging', () =>
    whenChanged('packaging', { reads, writes }, () =>
      run('npm', ['ci', '--prefix', inRoot(here), ...quiet], { env: environment(), mend }),
    ),
  )
}

/** Packs the package as npm would publish it, and installs that among the projects. Gives the tarball's path. */
export async function installTarball() {
  const folder = join(tools, 'packed')
  const env = environment()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await run('npm', ['pack', '--pack-destination', folder], { env, cwd: inRoot('js'), mend })
  const tarball = join(folder, readdirSync(folder)[0])
  rmSync(join(projects, 'node_modules'), { recursive: true, force: true })
  const args = ['install', '--prefix', projects, '--no-save', '--no-package-lock', '--prefer-offline', ...quiet]
  await run('npm', [...args, tarball], { env, mend })
  return tarball
}

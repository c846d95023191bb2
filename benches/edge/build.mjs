import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../scripts/lib/command.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'

const config = inRoot('worker', 'wrangler.jsonc')

/**
 * Bundles the worker as a deployment would, and lays the workers of the measurements beside it.
 * Gives `{ folder, files, settings, remove }`; configurations are written to the folder, and embed its files by name.
 */
export async function buildWorker(env) {
  const folder = mkdtempSync(join(tmpdir(), 'fader-edge-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const bundle = join(folder, 'bundle')
  await run('wrangler', ['deploy', '--dry-run', '--outdir', bundle, '--config', config], {
    env: { ...env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  })
  const files = readdirSync(bundle).filter((name) => kindOf(name) !== undefined)
  for (const name of files) cpSync(join(bundle, name), join(folder, name))
  cpSync(new URL('workers', import.meta.url), folder, { recursive: true })
  return { folder, files, settings: settingsOf(readFileSync(config, 'utf8')), remove }
}

/** As what workerd takes a file of the bundle: whatever is no code, and no text for people, is data. */
export function kindOf(name) {
  if (/\.(map|md)$/.test(name)) return undefined
  if (/\.m?js$/.test(name)) return 'esModule'
  if (name.endsWith('.wasm')) return 'wasm'
  return /\.(txt|html|sql)$/.test(name) ? 'text' : 'data'
}

/** What the configuration of the worker says that bare workerd has to be told as well. */
function settingsOf(text) {
  const config = JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1'))
  return {
    date: config.compatibility_date,
    flags: config.compatibility_flags ?? [],
    vars: config.vars ?? {},
    objects: config.durable_objects.bindings.map(({ name, class_name }) => ({ name, className: class_name })),
  }
}

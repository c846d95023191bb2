import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './command.mjs'
import { Failure } from './failure.mjs'

const exe = process.platform === 'win32' ? '.exe' : ''
const onPath = (process.env.PATH ?? process.env.Path ?? '').split(delimiter)

const places = {
  CHROMIUM: [
    ...named('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'),
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  CHROMEDRIVER: [
    ...(process.env.CHROMEWEBDRIVER ? [join(process.env.CHROMEWEBDRIVER, `chromedriver${exe}`)] : []),
    ...named('chromedriver'),
    '/usr/lib/chromium/chromedriver',
    '/usr/lib/chromium-browser/chromedriver',
  ],
}

function named(...names) {
  return names.flatMap((name) => onPath.map((folder) => join(folder, name + exe)))
}

/** Where Chromium and its driver are: as the environment says, else where they usually are. */
export function browser() {
  const find = (name) => [process.env[name], ...places[name]].find((path) => path && existsSync(path))
  return { CHROMIUM: find('CHROMIUM'), CHROMEDRIVER: find('CHROMEDRIVER') }
}

const isThere = () => Object.values(browser()).every(Boolean)

function onDebian() {
  const release = '/etc/os-release'
  return existsSync(release) && /^ID=debian$/m.test(readFileSync(release, 'utf8'))
}

async function install() {
  const packages = ['chromium', 'chromium-driver']
  const mend = onDebian()
    ? `As root: apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}`
    : 'Install Chromium (or Chrome) and the ChromeDriver of the same version, and name them in the variables CHROMIUM and CHROMEDRIVER if they are in no usual place.'
  if (!onDebian() || process.getuid?.() !== 0) throw new Failure('The tests need Chromium and its driver.', { mend })
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env, mend })
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, mend })
  if (!isThere()) throw new Failure('Chromium was installed, but is in no usual place.', { mend })
}

/** What only the tests need. */
export const browserTools = [{ title: 'Chromium and its driver', isThere, install }]

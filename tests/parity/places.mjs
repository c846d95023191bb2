import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import * as fader from 'fader'
import { chromium } from 'playwright-core'
import { run } from '../../scripts/lib/command.mjs'
import { freePort, startWorker } from '../../scripts/lib/dev-worker.mjs'
import { inRoot, root } from '../../scripts/lib/paths.mjs'
import { answerAll, request } from './answers.mjs'

const PORT = 8930

/** Runs work in a folder that is gone afterwards. */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'fader-parity-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The crate itself, without WebAssembly. */
async function native({ env, snapshot, visitors, now }) {
  const cargo = ['build', '--release', '--features', 'control', '--example', 'parity', '--quiet']
  await run('cargo', cargo, { env, mend: 'See what the compiler says above.' })
  return await inFolder(async (folder) => {
    const files = { snapshot: join(folder, 'snapshot'), visitors: join(folder, 'visitors.jsonl') }
    writeFileSync(files.snapshot, snapshot)
    writeFileSync(files.visitors, visitors)
    const binary = inRoot('target', 'release', 'examples', 'parity')
    const child = spawn(binary, [files.snapshot, files.visitors, String(now)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [bytes, [code]] = await Promise.all([buffer(child.stdout), once(child, 'close')])
    if (code !== 0) throw new Error(`${binary} ended with ${code}; see above`)
    return bytes
  })
}

const node = ({ snapshot, visitors, now }) => answerAll(fader, snapshot, visitors, now)

async function workerd({ env, snapshot, visitors, now }) {
  return await inFolder(async (state) => {
    const config = join('tests', 'parity', 'wrangler.jsonc')
    const worker = await startWorker({ env, port: await freePort(PORT), state, config })
    try {
      const body = request(snapshot, visitors)
      const response = await fetch(`${worker.url}/?now=${now}`, { method: 'POST', body })
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
      return new Uint8Array(await response.arrayBuffer())
    } finally {
      await worker.stop()
    }
  })
}

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }

/** The modules as they are in the package, without a bundler. */
async function inChromium({ env, snapshot, visitors, now }) {
  let answers
  const server = createServer(async (request_, response) => {
    const { pathname } = new URL(request_.url, 'http://localhost')
    if (pathname === '/request') return response.end(request(snapshot, visitors))
    if (pathname === '/answers') {
      answers = await buffer(request_)
      return response.end()
    }
    const type = types[extname(pathname)]
    if (type === undefined) return response.writeHead(404).end()
    response.setHeader('content-type', type)
    response.end(readFileSync(join(root, pathname)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const browser = await chromium.launch({ executablePath: env.CHROMIUM, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/tests/parity/page.html`)
    await page.waitForFunction('globalThis.run')
    await page.evaluate((instant) => globalThis.run(instant), now)
    return answers
  } finally {
    await browser.close()
    server.close()
  }
}

/** Where the same question is put. The first is what the others are compared with. */
export const places = { native, Node: node, workerd, Chromium: inChromium }

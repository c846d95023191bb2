import { readFileSync } from 'node:fs'
import { createFader } from 'fader/slim'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asks, compile, define } from './support/definition.ts'
import { snapshotAnswer, TestServer } from './support/server.ts'

const artefact = (name: string) => readFileSync(new URL(import.meta.resolve(`fader/${name}.wasm`)))
const engine = artefact('engine')
const control = artefact('control')
const sweden = { country: 'SE' }

let snapshot: Uint8Array

beforeAll(async () => {
  snapshot = await compile(define({ swedish: asks({ country: 'SE' }) }))
})

const arrayBuffer = (bytes: Uint8Array) => bytes.slice().buffer

describe.each([
  ['bytes', () => ({ engine, control })],
  ['buffers', () => ({ engine: arrayBuffer(engine), control: arrayBuffer(control) })],
  ['compiled modules', () => ({ engine: new WebAssembly.Module(engine), control: new WebAssembly.Module(control) })],
])('artefacts given as %s', (_, artefacts) => {
  it('load and evaluate', async () => {
    const loaded = await createFader(artefacts()).loadEngine(snapshot)
    expect(loaded.evaluate('swedish', sweden)).toMatchObject({ value: true, rule: 'asked' })
  })

  it('explain, validate and compile', async () => {
    const fader = createFader(artefacts())
    const loaded = await fader.loadEngine(snapshot)
    expect(await loaded.explain('swedish', sweden)).toMatchObject({ value: true, steps: [{ decided: true }] })
    const { validate, compile } = await boundControl(fader)
    expect(validate('{}').length).toBeGreaterThan(0)
    expect(compile(define({ swedish: asks({ country: 'SE' }) })).snapshot).toEqual(snapshot)
  })
})

async function boundControl(fader: ReturnType<typeof createFader>) {
  const control = await fader.loadControl()
  return {
    validate: (text: string) => control.validate(text),
    compile: (text: string) => control.compile(text),
  }
}

describe('without the control artefact', () => {
  it('explain gives an error that says what is missing, and evaluation goes on', async () => {
    const loaded = await createFader({ engine }).loadEngine(snapshot)
    const explanation = await loaded.explain('swedish', sweden)
    expect(explanation).toMatchObject({
      flag: 'swedish',
      value: null,
      reason: 'ERROR',
      errorCode: 'GENERAL',
      steps: [],
    })
    expect(explanation.errorMessage).toMatch(/needs the control artefact; give its bytes to createFader/)
    expect(loaded.evaluate('swedish', sweden).value).toBe(true)
  })

  it('loadControl rejects, each time', async () => {
    const fader = createFader({ engine })
    for (let round = 0; round < 2; round++) await expect(fader.loadControl()).rejects.toThrow(/control artefact/)
  })
})

describe('a load that failed', () => {
  it('rejects, and is tried again when it is needed again', async () => {
    // The host has the bytes of something else at first.
    const bytes = new Uint8Array(engine.length)
    const fader = createFader({ engine: bytes, control })
    for (let round = 0; round < 2; round++) {
      await expect(fader.loadEngine(snapshot)).rejects.toThrow(WebAssembly.CompileError)
    }
    bytes.set(engine)
    const loaded = await fader.loadEngine(snapshot)
    expect(loaded.evaluate('swedish', sweden).value).toBe(true)
  })

  it('of control leaves evaluation as it is, and is tried again too', async () => {
    const bytes = new Uint8Array(control.length)
    const loaded = await createFader({ engine, control: bytes }).loadEngine(snapshot)
    expect((await loaded.explain('swedish', sweden)).errorCode).toBe('GENERAL')
    expect(loaded.evaluate('swedish', sweden).value).toBe(true)
    bytes.set(control)
    expect((await loaded.explain('swedish', sweden)).value).toBe(true)
  })

  it('of a snapshot does not keep the next one from being loaded', async () => {
    const fader = createFader({ engine })
    await expect(fader.loadEngine(new Uint8Array())).rejects.toThrow(/not a Fader snapshot/)
    expect((await fader.loadEngine(snapshot)).evaluate('swedish', sweden).value).toBe(true)
  })
})

describe('a client of it', () => {
  let server: TestServer | undefined
  afterEach(() => server?.stop())

  it('answers like any other, and has its error where the artefact cannot be compiled', async () => {
    server = await TestServer.start()
    server.answer = snapshotAnswer(snapshot, '"1"')
    const bytes = new Uint8Array(engine.length)
    const { createClient } = createFader({ engine: bytes })
    const client = createClient({ url: server.url, context: sweden, pollIntervalMs: 0 })
    await client.ready()
    expect([client.status, client.isOn('swedish')]).toEqual(['error', false])
    bytes.set(engine)
    expect(await client.refresh()).toBe('adopted')
    expect([client.status, client.isOn('swedish')]).toEqual(['ready', true])
    client.close()
  })
})

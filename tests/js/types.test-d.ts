/** What the public types say. Nothing here is run: the compiler checks it. */

import {
  type Change,
  type Client,
  type ClientOptions,
  type Compiled,
  type Context,
  type Control,
  createClient,
  type Engine,
  type ErrorCode,
  type Explanation,
  type Finding,
  type FlagKey,
  type FlagKeyOf,
  type Flags,
  type Issue,
  loadControl,
  loadEngine,
  type Outcome,
  type PreparedContext,
  type Reason,
  type Status,
  type Value,
  type ValueOf,
  type VariantOf,
} from 'fader'
import { type Artefacts, createFader, type Fader } from 'fader/slim'
import type { Client as SameClient } from 'fader/types'
import { expectTypeOf } from 'vitest'

declare const client: Client
declare const engine: Engine
declare const control: Control
declare const context: PreparedContext
declare const size: number
declare const name: string
declare const isOn: boolean

// The entry points give what the contract says.
expectTypeOf(loadEngine).toEqualTypeOf<(snapshot: Uint8Array) => Promise<Engine>>()
expectTypeOf(loadControl).toEqualTypeOf<() => Promise<Control>>()
expectTypeOf(createClient).toEqualTypeOf<(options: ClientOptions) => Client>()
expectTypeOf(createFader).toEqualTypeOf<(artefacts: Artefacts) => Fader>()
expectTypeOf<SameClient>().toEqualTypeOf<Client>()

// As long as nobody filled `Flags`, every string is a key.
expectTypeOf<keyof Flags>().toEqualTypeOf<never>()
expectTypeOf<FlagKey>().toEqualTypeOf<string>()
expectTypeOf<FlagKeyOf<boolean>>().toEqualTypeOf<string>()
expectTypeOf<VariantOf<'a'>>().toEqualTypeOf<string>()
expectTypeOf<ValueOf<'a'>>().toEqualTypeOf<Value>()

// A client's value has the type of the fallback.
expectTypeOf(client.value('a', isOn)).toEqualTypeOf<boolean>()
expectTypeOf(client.value('a', size)).toEqualTypeOf<number>()
expectTypeOf(client.value('a', name)).toEqualTypeOf<string>()
expectTypeOf(client.value('a', { width: size })).toEqualTypeOf<{ width: number }>()
expectTypeOf(client.value('a', [size])).toEqualTypeOf<number[]>()
expectTypeOf(client.value<'a' | 'b'>('a', 'a')).toEqualTypeOf<'a' | 'b'>()
expectTypeOf(client.value<Value>('a', 1)).toEqualTypeOf<Value>()
// A fallback that is written out is not the only value that there is.
expectTypeOf(client.value('a', 20)).toEqualTypeOf<number>()
expectTypeOf(client.value('a', 'b')).toEqualTypeOf<string>()
expectTypeOf(client.value('a', true)).toEqualTypeOf<boolean>()
// @ts-expect-error: a value without a fallback may be none.
client.value('a')
// @ts-expect-error: undefined is no value.
client.value('a', undefined)
// @ts-expect-error: null is no value.
client.value('a', null)
// @ts-expect-error: a function is no value.
client.value('a', () => 1)

// Other reads say what may be missing.
expectTypeOf(client.isOn('a')).toEqualTypeOf<boolean>()
// @ts-expect-error: only a boolean is on or off.
client.isOn('a', 'on')
expectTypeOf(client.variant('a')).toEqualTypeOf<string | undefined>()
expectTypeOf(client.outcome('a')).toEqualTypeOf<Outcome>()
expectTypeOf(client.all()).toEqualTypeOf<readonly Outcome[]>()
expectTypeOf(client.explain('a')).toEqualTypeOf<Promise<Explanation>>()
expectTypeOf(client.subscribe(() => {})).toEqualTypeOf<() => void>()
expectTypeOf(client.refresh()).toEqualTypeOf<Promise<'adopted' | 'unchanged' | 'failed'>>()
expectTypeOf(client.ready()).toEqualTypeOf<Promise<void>>()
expectTypeOf(client.revision).toEqualTypeOf<number | undefined>()
expectTypeOf<Status>().toEqualTypeOf<'starting' | 'ready' | 'stale' | 'offline' | 'error'>()
// @ts-expect-error: the status is the client's own.
client.status = 'ready'

// A client that knows no worker has what it was given.
createClient({})
createClient({ definition: { format: 1 } })
createClient({ url: '/' })
createClient({ url: '/', context: {}, pollIntervalMs: 0, fetch, onError: (error) => error.message })
// @ts-expect-error: there is no such option.
createClient({ url: '/', interval: 5 })
// @ts-expect-error: an option that is given is not undefined.
createClient({ url: '/', pollIntervalMs: undefined })

// A context is an object, as it is or prepared.
expectTypeOf(engine.evaluate('a', { userId: 'u-1', basket: { total: 1 } })).toEqualTypeOf<Outcome>()
expectTypeOf(engine.evaluate('a', context, size)).toEqualTypeOf<Outcome>()
expectTypeOf(engine.evaluateAll(context)).toEqualTypeOf<Outcome[]>()
expectTypeOf(engine.prepare({})).toEqualTypeOf<PreparedContext>()
expectTypeOf(engine.explain('a', {})).toEqualTypeOf<Promise<Explanation>>()
expectTypeOf(engine.flags).toEqualTypeOf<readonly string[]>()
expectTypeOf<Context>().toEqualTypeOf<Readonly<Record<string, unknown>>>()
// @ts-expect-error: a text is no context.
for (const flag of ['a']) engine.evaluate(flag, 'u-1')
// @ts-expect-error: null is no context.
engine.evaluate('a', null)
// @ts-expect-error: an instant is in milliseconds.
engine.evaluate('a', {}, new Date())
// @ts-expect-error: the names of the flags are the engine's own.
engine.flags.push('a')

// An outcome cannot be changed, and says where there is none.
declare const outcome: Outcome
expectTypeOf(outcome.value).toEqualTypeOf<Value | null>()
expectTypeOf(outcome.variant).toEqualTypeOf<string | null>()
expectTypeOf(outcome.rule).toEqualTypeOf<string | undefined>()
expectTypeOf(outcome.reason).toEqualTypeOf<Reason>()
expectTypeOf(outcome.errorCode).toEqualTypeOf<ErrorCode | undefined>()
expectTypeOf<Explanation>().toExtend<Outcome>()
// @ts-expect-error: an outcome is given to everybody.
outcome.value = true
if (typeof outcome.value === 'object' && outcome.value !== null && 'size' in outcome.value)
  // @ts-expect-error: and so is what is in it.
  outcome.value.size = 1

// Control reads definitions as text, and snapshots as bytes.
expectTypeOf(control.validate('{}')).toEqualTypeOf<Issue[]>()
expectTypeOf(control.compile('{}')).toEqualTypeOf<Compiled>()
expectTypeOf(control.compile('{}', 'client').snapshot).toEqualTypeOf<Uint8Array | undefined>()
expectTypeOf(control.explain(new Uint8Array(), 'a', {})).toEqualTypeOf<Explanation>()
expectTypeOf(control.load(new Uint8Array())).toEqualTypeOf<Engine>()
expectTypeOf(control.diff('{}', '{}')).toEqualTypeOf<Change[]>()
expectTypeOf(control.check('{}', { now: size, read: [name] as const })).toEqualTypeOf<Finding[]>()
expectTypeOf(control.types('{}', 'client')).toEqualTypeOf<string>()
// @ts-expect-error: a definition is compared with another.
control.diff('{}')
// @ts-expect-error: there is no such projection.
control.compile('{}', 'all')
// @ts-expect-error: a definition is text.
control.validate({})

// Artefacts come as bytes or compiled; control may be left out.
createFader({ engine: new Uint8Array() })
createFader({ engine: new ArrayBuffer(8), control: new WebAssembly.Module(new Uint8Array()) })
// @ts-expect-error: nothing is evaluated without an engine.
createFader({ control: new Uint8Array() })

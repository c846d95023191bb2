/** The public contract of the package, written by hand. */

import type { TrustedKey, Verifier } from './verification.js'

/**
 * The flags that clients and engines may be asked for. Empty, and then any key will do, until a file that `fader types`
 * wrote fills it: for each key `{ type, variant }`, the type of the values and the names of the variants.
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add their flags to it.
export interface Flags {}

/** The first type as long as nobody filled `Flags`, and the second after that. */
type Typed<Without, With> = [keyof Flags] extends [never] ? Without : With

/** A key that may be asked for. */
export type FlagKey = Typed<string, Extract<keyof Flags, string>>

/** A key of a flag whose values are of a type. */
export type FlagKeyOf<T> = Typed<string, { [K in keyof Flags]: Flags[K] extends { type: T } ? K : never }[keyof Flags]>

/** The names of a flag's variants. */
export type VariantOf<K> = Typed<string, K extends keyof Flags ? Member<Flags[K], 'variant'> : never>

/** The type of a flag's values. */
export type ValueOf<K> = Typed<Value, K extends keyof Flags ? Member<Flags[K], 'type'> : never>

type Member<T, Name extends string> = T extends { readonly [_ in Name]: infer M } ? M : never

/** What a variant gives. */
export type Value = boolean | string | number | { readonly [key: string]: unknown } | readonly unknown[]

/** The attributes of one evaluation. What a rule does not read is never copied. */
export type Context = Readonly<Record<string, unknown>>

/** Why an outcome is what it is, in OpenFeature's words. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'CACHED' | 'DISABLED' | 'ERROR'

/** Why there is no answer, in OpenFeature's words. */
export type ErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'PARSE_ERROR'
  | 'TYPE_MISMATCH'
  | 'INVALID_CONTEXT'
  | 'PROVIDER_NOT_READY'
  | 'GENERAL'

/**
 * How long a client that has a visitor keeps a value that was read: not at all, as long as the page lives, or as long as
 * the session does. A flag that is off or killed is never kept.
 */
export type Stability = 'live' | 'page' | 'session'

/** The answer for one flag and one context. With reason `ERROR` the value and the variant are null. */
export interface Outcome {
  readonly flag: string
  readonly value: Value | null
  readonly variant: string | null
  readonly reason: Reason
  /** The id of the rule that decided, where a rule did. */
  readonly rule?: string
  /** Where the unit stands in the flag's ramp, where it has one: only who was drawn is evidence. */
  readonly arm?: 'treated' | 'control' | 'outside'
  /** Keep this assignment, and bring it back in the context, as `$sticky: { [flag]: variant }`. */
  readonly sticky?: true
  /** How long a value stays under a visitor's hands, where the flag says another thing than `page`. */
  readonly stability?: Exclude<Stability, 'page'>
  readonly errorCode?: ErrorCode
  readonly errorMessage?: string
}

/** One condition that was put to the context. */
export interface ExplainedTest {
  /** The condition in words, such as `country is one of "SE", "NO"`. */
  readonly asked: string
  readonly held: boolean
  /** What the context had, such as `it is "DE"` or `it is absent`. */
  readonly because: string
}

/** One step of an evaluation, in the order in which they are asked; `flag` says that it cannot be evaluated here. */
export interface ExplainedStep {
  readonly step: 'flag' | 'state' | 'override' | 'requirement' | 'holdout' | 'sticky' | 'rule' | 'otherwise'
  readonly rule?: string
  readonly decided: boolean
  readonly because: string
  readonly tests: readonly ExplainedTest[]
}

/** An outcome and how it came about. */
export interface Explanation extends Outcome {
  readonly steps: readonly ExplainedStep[]
}

/** Something wrong in a definition: where, what, and how to mend it. */
export interface Issue {
  /** Such as `flags.checkout.rules[2].split`. */
  readonly path: string
  readonly message: string
  readonly mend: string
}

/** Which flags a snapshot holds: all of them, or those that clients may evaluate. */
export type Projection = 'edge' | 'client'

/** What came of compiling a definition. */
export interface Compiled {
  readonly issues: readonly Issue[]
  /** Absent when the document is no definition at all. A flag with an issue answers `PARSE_ERROR`; all others work. */
  readonly snapshot: Uint8Array | undefined
}

/** What came of compiling a definition for every kind of reader. */
export interface CompiledAll {
  readonly issues: readonly Issue[]
  /** Absent when the document is no definition at all. */
  readonly snapshots: Readonly<Record<Projection, Uint8Array>> | undefined
}

/** A context that was copied into the engine once, for many evaluations. */
export interface PreparedContext {
  /** Gives the engine's memory back. The collector does it too, only later. */
  free(): void
}

/** Evaluates one snapshot. Nothing throws or rejects: what cannot be answered is an outcome with an error code. */
export interface Engine {
  readonly environment: string
  readonly revision: number
  readonly flags: readonly string[]
  prepare(context: Context): PreparedContext
  /** `now` is in milliseconds since 1970, and by default the clock's. */
  evaluate(flag: FlagKey, context: Context | PreparedContext, now?: number): Outcome
  evaluateAll(context: Context | PreparedContext, now?: number): Outcome[]
  /** The values of all flags by their keys; null where there is no answer. */
  values(context: Context | PreparedContext, now?: number): Record<string, Value | null>
  /**
   * The index of each flag's variant, in the order of `flags`, and 65535 where there is no answer. It is a view of the
   * engine's own memory: read it before anything else is asked of the package, or copy it.
   */
  indices(context: Context | PreparedContext, now?: number): Uint16Array
  /**
   * A number for the outcome of each flag, in the order of `flags`: for a flag the same number is the same outcome, as
   * long as there is this engine. For who keeps what is made of outcomes; `outcomeOf` says what a number stands for.
   * It is a view like that of `indices`. Undefined where no flag has an answer, and `evaluateAll` says why.
   */
  codes(context: Context | PreparedContext, now?: number): Uint32Array | undefined
  /** The outcome that a number of `codes` stands for, for the flag at that place: the same object each time. */
  outcomeOf(at: number, code: number): Outcome
  /** The names of a flag's variants, at their indices; none where there is no such flag. */
  variants(flag: FlagKey): readonly string[]
  /** Loads the control artefact at first use, which is why it is asynchronous. */
  explain(flag: FlagKey, context: Context, now?: number): Promise<Explanation>
  free(): void
}

/** One thing that is different between two definitions. */
export interface Change {
  /** What kind of thing is different. */
  readonly of: 'definition' | 'flag' | 'segment' | 'layer' | 'holdout' | 'metric'
  /** Its key or name; empty for the definition itself. */
  readonly name: string
  /** Where it stands: in the new definition, or in the old where it is no more. */
  readonly path: string
  /** What is different in words, such as ``rule `public`: traffic from 20 % to 50 %``. */
  readonly what: string
}

/** Something that was found in a definition that has no issues. */
export interface Finding {
  /** Which kind it is, such as `unreachable`. */
  readonly code: string
  /** `warning`: something does not do what it seems to. `info`: it may be meant so. */
  readonly level: 'warning' | 'info'
  readonly path: string
  readonly message: string
  readonly mend: string
}

export interface CheckOptions {
  /** The instant at which the definition is looked at, in milliseconds since 1970; by default the clock's. */
  readonly now?: number
  /** The keys of the flags that programs were seen to read. All others are then told of. */
  readonly read?: readonly string[]
}

/** What a publisher, a console or a command line needs beside evaluation. */
export interface Control {
  /** Every issue of a definition; none means it may be published. */
  validate(definition: string): Issue[]
  compile(definition: string, projection?: Projection): Compiled
  /** The snapshots of all projections, for which the text is read only once. */
  compileAll(definition: string): CompiledAll
  explain(snapshot: Uint8Array, flag: string, context: Context, now?: number): Explanation
  /** The JSON Schema of definitions, draft 2020-12, for editors. */
  schema(): object
  /** What is different in the new definition. Throws where one of the two is no definition at all. */
  diff(oldDefinition: string, newDefinition: string): Change[]
  /** What is found in a definition beyond its issues. Throws where it is no definition at all. */
  check(definition: string, options?: CheckOptions): Finding[]
  /** A TypeScript declaration of the flags, which fills `Flags`. Throws where it is no definition at all. */
  types(definition: string, projection?: Projection): string
  /** An engine that runs on the control artefact. */
  load(snapshot: Uint8Array): Engine
}

/**
 * `starting`: no answers yet. `ready`: there are answers, and nothing failed since. `stale`: the last refresh failed, or
 * a signature has run out, and the last good answers go on. `offline`: the same, because the device has no network.
 * `error`: there are no answers, and none could be had, so every read gives its fallback.
 */
export type Status = 'starting' | 'ready' | 'stale' | 'offline' | 'error'

/**
 * Who evaluates. `local`: the engine in this page. `remote`: the worker, without WebAssembly, also for flags whose rules
 * may not leave it. `both`: the engine, and the worker for the flags that the engine does not have.
 */
export type Mode = 'local' | 'remote' | 'both'

/** Answers that came with a page, or from a server that rendered it. */
export interface Bootstrap {
  readonly environment: string
  /** 0 where nothing is published, or could be had. */
  readonly revision: number
  /** The client token of the page. */
  readonly key?: string
  /** What the answers are for, as far as a page may know it. They hold for this context and no other. */
  readonly context: Context
  /** False where nobody looks at the page: a bot, or a browser that fetches before it is asked. */
  readonly exposed?: boolean
  /** Of each flag that the page may know and that has an answer. */
  readonly answers: Readonly<Record<string, BootstrapAnswer>>
}

/** What a page is told of one flag: an outcome without its key. */
export type BootstrapAnswer = Omit<Outcome, 'flag' | 'errorCode' | 'errorMessage'>

/** Where the worker is asked, relative to `url`, for sites that choose paths of their own. */
export interface Paths {
  /** `v1/snapshot/client` by default, and `v1/snapshot` for the projection `edge`. */
  readonly snapshot?: string
  /** `v1/stream` by default. */
  readonly stream?: string
  /** `ofrep/v1/evaluate/flags` by default. */
  readonly answers?: string
  /** `v1/events` by default. */
  readonly events?: string
}

export interface EventsOptions {
  /** Sends what has gathered at least so often; 10,000 by default. */
  readonly flushIntervalMs?: number
  /** Errors, load and interaction times and a sign of life of the page; true by default where there is a page. */
  readonly health?: boolean
}

export interface ClientOptions {
  /** Where the worker is, such as `https://flags.example.com`. Without it nothing is asked and nothing sent. */
  readonly url?: string
  /** The token that the worker asks for: a client token in pages, an edge token in servers. */
  readonly key?: string
  readonly context?: Context
  /** `local` by default, and `remote` where a page's policy forbids WebAssembly. `fader/remote` has no other. */
  readonly mode?: Mode
  readonly paths?: Paths
  /** A definition as text or as an object, in place of a worker. It is compiled here, by the control artefact. */
  readonly definition?: string | object
  /** The snapshot that an installed client was built with: used until there is a newer one. */
  readonly snapshot?: Uint8Array
  /** The answers that came with the page; by default those that the worker put into it. */
  readonly bootstrap?: Bootstrap | false
  /** Whether values that were read are kept as their flags say; by default where there is a page. */
  readonly holds?: boolean
  /** Whether exposures and metrics are recorded, and how; by default where there is a page, a `url` and a `key`. */
  readonly events?: boolean | EventsOptions
  /** Whether the visitor agreed to be measured. While it is false nothing is recorded; true by default. */
  readonly consent?: boolean
  /** Whether the tabs of a browser refresh together; true by default where there is a page. */
  readonly tabs?: boolean
  /** Which overrides of a preview link hold: by default only signed ones. `any` does nothing in production. */
  readonly overrides?: 'signed' | 'any'
  /** Which snapshot: that for clients, by default, or that of all flags, for which `key` must be an edge token. */
  readonly projection?: Projection
  /** Public keys. Where they are given, only what one of them signed is adopted. */
  readonly keys?: readonly TrustedKey[]
  /** For platforms that verify no Ed25519 signatures by themselves: does what `createVerifier(keys)` would do. */
  readonly verifier?: Verifier
  /** Adopts signed snapshots of this environment alone; by default of that of the first. */
  readonly environment?: string
  /** How long between two questions for a newer snapshot; 30,000 by default, 0 to ask only once. */
  readonly pollIntervalMs?: number
  /** Listens for new revisions, and then polls rarely. True by default; an open stream keeps a Node process alive. */
  readonly stream?: boolean
  /** Over how long clients spread their questions when the stream tells all of them at once; 1,000 by default. */
  readonly spreadMs?: number
  /** What lasts from one start to the next: answers, sticky variants, events; by default `localStorage`. */
  readonly memory?: Memory
  /** What lasts as long as a session does; by default `sessionStorage`. */
  readonly session?: Memory
  /** Where the last snapshot lasts; by default the browser's Cache API, where there is one. */
  readonly snapshots?: SnapshotStore
  /** For tests and for platforms without a global one. */
  readonly fetch?: typeof globalThis.fetch
  /** Told of every failed refresh, and of what listeners throw. By default nobody is. */
  readonly onError?: (error: Error) => void
}

/** What of `localStorage` a client needs. */
export interface Memory {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
  /** How many names there are, and which. Where it can say, tabs that write at the same moment lose nothing. */
  readonly length?: number
  key?(index: number): string | null
}

/** A snapshot as it came, to be verified and loaded again. */
export interface StoredSnapshot {
  readonly snapshot: Uint8Array
  readonly etag: string | undefined
  readonly signature: string | undefined
}

/** Keeps snapshots by name. What fails is as if nothing had been kept. */
export interface SnapshotStore {
  read(name: string): Promise<StoredSnapshot | undefined>
  write(name: string, stored: StoredSnapshot): Promise<void>
}

/** Answers synchronously from the last good revision, and never throws. */
export interface Client {
  readonly status: Status
  readonly revision: number | undefined
  readonly environment: string | undefined
  /** For whom the answers are. */
  readonly context: Context
  /** Settles when the first answers are in, or could not be had. Never rejects. */
  ready(): Promise<void>
  /** True when the flag gives `true`. Records an exposure, as `variant` and `value` do. */
  isOn(flag: FlagKeyOf<boolean>, fallback?: boolean): boolean
  /** The variant's name, or the fallback when there is no answer. */
  variant<K extends FlagKey>(flag: K, fallback?: VariantOf<K>): VariantOf<K> | undefined
  /** The flag's value, or the fallback when there is none or it is of another type. */
  value(flag: FlagKeyOf<boolean>, fallback: boolean): boolean
  value(flag: FlagKeyOf<string>, fallback: string): string
  value(flag: FlagKeyOf<number>, fallback: number): number
  value<T extends Value, K extends FlagKeyOf<object> = FlagKeyOf<object>>(
    flag: K,
    fallback: Typed<T, ValueOf<K>>,
  ): Typed<T, ValueOf<K>>
  /**
   * The whole outcome, the same object as long as it is the same answer. It is kept as the flag's stability says, but
   * nothing is recorded: whoever shows what it decides calls `expose`.
   */
  outcome(flag: FlagKey): Outcome
  /** The outcomes of all flags. Nothing is kept or recorded. */
  all(): readonly Outcome[]
  /**
   * The outcome for another context than the client's, as servers have one with each request. Nothing is kept or
   * recorded. Where only the worker evaluates there is no answer.
   */
  evaluate(flag: FlagKey, context: Context): Outcome
  /** Never rejects. Loads the control artefact at first use; without it the outcome has no steps. */
  explain(flag: FlagKey): Promise<Explanation>
  /**
   * From now on answers are for this context. Where the engine evaluates they are at once; where the worker does, those
   * for the context before go on until the promise settles, which never rejects.
   */
  identify(context: Context): Promise<void>
  /** Records that somebody met what the flag decides. */
  expose(flag: FlagKey): void
  /** Records a metric for whoever the context is of. */
  track(name: string, value?: number): void
  /** Says whether the visitor agrees to be measured. What was recorded and not sent is dropped when they do not. */
  consent(isGiven: boolean): void
  /** Sends what was recorded. Never rejects. */
  flush(): Promise<void>
  /** Called after a new revision, context or status. Returns how to stop. */
  subscribe(listener: () => void): () => void
  /** Asks for a newer revision now. Never rejects. */
  refresh(): Promise<'adopted' | 'unchanged' | 'failed'>
  close(): void
}

import type { Observation } from './observe/observation.ts'

/** Frames of a stack that are worth a line of log. */
const MOST_FRAMES = 5
const LONGEST_MESSAGE = 500

/**
 * What may stand in a message that somebody else wrote, and in no log: tokens, addresses of people and of machines,
 * keys, and what follows a `?`.
 */
const PERSONAL: readonly (readonly [RegExp, string])[] = [
  [/fader_(client|edge|admin)_[\w-]+/g, 'fader_$1_…'],
  [/\bbearer +\S+/gi, 'Bearer …'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '(statement)'],
  [/[^\s"'<>@]+@[^\s"'<>@]+\.[^\s"'<>@]+/g, '(address)'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, '(address)'],
  [/\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b/gi, '(address)'],
  [/\?[^\s"']*=[^\s"']*/g, '?…'],
  [/[\w-]{43,}/g, '(secret)'],
]

/**
 * Tells the operator of something that no caller is told, as one line of JSON.
 *
 * Nothing of a request goes in here but its trace, its route's pattern and the kind of its problem: no header, no body,
 * no context.
 */
export function report(event: string, cause?: unknown, observation?: Observation): void {
  // biome-ignore lint/suspicious/noConsole: the platform collects what the console is told.
  console.error(lineOf(event, cause, observation))
}

function lineOf(event: string, cause: unknown, observation: Observation | undefined): string {
  const of = observation && {
    trace: observation.trace.id,
    route: observation.route,
    problem: observation.problem,
  }
  return JSON.stringify({ level: cause === undefined ? 'warn' : 'error', event, ...of, ...errorOf(cause) })
}

function errorOf(cause: unknown): object {
  if (cause === undefined) return {}
  // What is thrown that is no error may be anything, also somebody's data.
  if (!(cause instanceof Error)) return { error: `a ${typeof cause} was thrown` }
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
  const at = frames.slice(0, MOST_FRAMES).map((line) => withoutPersonal(line.trim()))
  // A parser repeats pieces of what it was given.
  const message = cause instanceof SyntaxError ? 'what was to be parsed is not well formed' : cause.message
  return { error: `${cause.name}: ${withoutPersonal(message.slice(0, LONGEST_MESSAGE))}`, at }
}

function withoutPersonal(text: string): string {
  return PERSONAL.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text)
}

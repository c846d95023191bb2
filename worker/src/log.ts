/**
 * Tells the operator of something that no caller is told.
 *
 * Nothing of a request goes in here: no header, no body, no context.
 */
export function report(event: string, cause?: unknown): void {
  // biome-ignore lint/suspicious/noConsole: the platform collects what the console is told.
  console.error(event, ...(cause === undefined ? [] : [cause]))
}

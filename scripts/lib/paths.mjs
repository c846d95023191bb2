import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. Every command runs there, wherever it was called. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the project installs and remembers for itself. Deleting the folder is always safe. */
export const tools = join(root, '.tools')

/** What a person's own worker keeps: its store and its admin token. */
export const local = join(root, '.fader')

export const inRoot = (...parts) => join(root, ...parts)

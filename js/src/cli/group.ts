import { type Command, CommandError } from './command.js'

/** What one word behind a command such as `fader token` does. */
export type Deed = (args: readonly string[]) => Promise<number>

/** A command whose first word says what to do. */
export function groupOf(name: string, help: string, deeds: Readonly<Record<string, Deed>>): Command {
  return {
    help,
    async run([word, ...args]) {
      const words = Object.keys(deeds)
        .map((known) => `\`fader ${name} ${known}\``)
        .join(', ')
      if (word === undefined) throw new CommandError(`say what to do: ${words}`)
      const deed = Object.hasOwn(deeds, word) ? deeds[word] : undefined
      if (deed === undefined) throw new CommandError(`there is no \`fader ${name} ${word}\`, but ${words}`)
      return await deed(args)
    },
  }
}

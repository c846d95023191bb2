import { CommandError, readArgs, readOptions } from './command.js'
import { groupOf } from './group.js'
import { Remote, reasonHeader, remoteHelp, remoteOptions } from './remote.js'
import { hexDigestOf, newToken } from './secret.js'
import { readWish, wishOptions } from './token-wish.js'

const ROUTE = '/v1/admin/tokens'

const help = `fader token new --kind KIND --name NAME [OPTIONS] --url URL
fader token new --kind KIND --name NAME --offline
fader token list --url URL
fader token revoke ID --url URL

new makes a token here, and sends the worker nothing but its SHA-256: the token is printed once, and nobody can
print it again. It needs a token of the role admin.

  --kind KIND          client: public, for pages and apps; edge: a secret of servers that evaluate; admin: of one person
  --name NAME          whose or for what it is
  --role ROLE          of an admin token: viewer, support, owner, publisher or admin
  --team T             an admin token holds for flags that this team owns
  --prefix P           an admin token holds for flags whose keys begin so
  --max-share N        an admin token gives a rule or a stage N percent at most
  --origin URL         a client token holds for pages of this origin; may stand more than once, and without it: of any
  --expires WHEN       in so many days, hours or minutes (90d, 12h, 30m), or at a date (2027-01-31)
  --why TEXT           what people will read of it in the audit log
  --offline            sends nothing, and prints the token and its digest, a line each: the digest of an admin
                       token is what the worker's secret ADMIN_TOKEN_DIGEST takes

list shows the tokens by name and never by themselves; --json gives them as they are kept.
revoke ends one for good, within seconds everywhere; it takes --why as well.

${remoteHelp}
The exit status is 1 when the worker refuses, and 2 when it cannot be asked.
`

export const token = groupOf('token', help, { new: make, list, revoke })

const changeOptions = { ...remoteOptions, why: { type: 'string' } } as const

/** A token as the store lists it. */
interface Listed {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly role?: string
  readonly expires?: number
  readonly revoked?: number
}

async function make(args: readonly string[]): Promise<number> {
  const values = readOptions(args, { ...changeOptions, ...wishOptions, offline: { type: 'boolean' } })
  const wish = readWish(values, Date.now())
  const made = newToken(wish.kind)
  const digest = hexDigestOf(made)
  if (values.offline) {
    process.stdout.write(`${made}\n${digest}\n`)
    return 0
  }
  const { id } = await new Remote(values).post<Listed>(ROUTE, { ...wish, digest }, values.why)
  process.stdout.write(`${made}\n`)
  process.stderr.write(`${wish.name}: a new ${wish.kind} token, shown this once; its id is ${id}\n`)
  return 0
}

async function list(args: readonly string[]): Promise<number> {
  const values = readOptions(args, { ...remoteOptions, json: { type: 'boolean' } })
  const tokens = await new Remote(values).json<Listed[]>(ROUTE)
  if (values.json) process.stdout.write(`${JSON.stringify(tokens, null, 2)}\n`)
  else for (const each of tokens) process.stdout.write(`${lineOf(each, Date.now())}\n`)
  return 0
}

async function revoke(args: readonly string[]): Promise<number> {
  const { file: id, values } = readArgs(args, changeOptions)
  if (id.startsWith('fader_')) throw new CommandError('that is a token; name its id, which `fader token list` shows')
  await new Remote(values).ask(`${ROUTE}/${encodeURIComponent(id)}`, {
    method: 'DELETE',
    headers: reasonHeader(values.why),
  })
  process.stdout.write(`${id} is revoked\n`)
  return 0
}

function lineOf({ id, kind, role, name, expires, revoked }: Listed, now: number): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  const ended = expires === undefined ? 'for good' : `${expires <= now ? 'expired' : 'until'} ${day(expires)}`
  return [
    id,
    role === undefined ? kind : `${kind} ${role}`,
    revoked === undefined ? ended : `revoked ${day(revoked)}`,
    printable(name),
  ].join('\t')
}

/** A name is anybody's text, and a terminal must not obey it. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD')
}

/**
 * What a token is for. `client`: a public key in pages and installed clients, trusted with nothing that is not public.
 * `edge`: a secret of servers and edges that evaluate by themselves. `admin`: a secret of one person.
 */
export const tokenKinds = ['client', 'edge', 'admin'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** What a person may do, from the least to the most. */
export const roles = ['viewer', 'support', 'owner', 'publisher', 'admin'] as const
export type Role = (typeof roles)[number]

/** The bounds within which a person's role holds. Whatever is absent does not bind. */
export interface Scope {
  /** An owner's team: only flags whose `owner` is this team. An owner without a team owns nothing. */
  readonly team?: string
  /** Only flags whose keys begin so. */
  readonly flagPrefix?: string
  /** The greatest share, in percent, that may be given to a rule or a stage. */
  readonly maxShare?: number
}

/** Who does something: a person by their token, or Fader itself. */
export interface Actor extends Scope {
  /** The token's id; `root` for the token of the configuration, and `ramp` for what a ramp does by itself. */
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly kind: 'person' | 'automatic'
  /** When their token expires: what they grant may not last longer. */
  readonly expires?: number
}

/** What isolates know of a client or edge token: one entry of the `access` document. */
export interface AccessEntry {
  readonly id: string
  readonly kind: 'client' | 'edge'
  /** SHA-256 of the token, in lowercase hex. */
  readonly digest: string
  /** The origins whose pages may use a client token, such as `https://shop.example.com`; absent: any. */
  readonly origins?: readonly string[]
  /** From then on it is refused; milliseconds since 1970. */
  readonly expires?: number
}

/** Who asks, once let in. */
export type Caller =
  | { readonly kind: 'anyone' }
  /** Its token is public, so it may stand in an answer to whoever sent it. */
  | { readonly kind: 'client'; readonly entry: AccessEntry; readonly token: string }
  | { readonly kind: 'edge'; readonly entry: AccessEntry }
  | { readonly kind: 'admin'; readonly actor: Actor }

/** A token as it is kept and listed. Only its digest was ever sent here: whoever needs one makes it. */
export interface TokenRecord {
  readonly id: string
  readonly kind: TokenKind
  /** Whose or for what it is, in words. */
  readonly name: string
  /** Of `admin` tokens alone. */
  readonly role?: Role
  readonly scope?: Scope
  /** Of `client` tokens alone; absent: any. */
  readonly origins?: readonly string[]
  readonly expires?: number
  /** Who made it and when, by the name that their token had. */
  readonly by: string
  readonly created: number
  readonly revoked?: number
}

/** A token that somebody asks for. */
export type TokenWish = Pick<TokenRecord, 'kind' | 'name' | 'role' | 'scope' | 'origins' | 'expires'> & {
  /** SHA-256 of the token, in lowercase hex. */
  readonly digest: string
}

/** What came of granting or revoking. */
export type Granted =
  | { readonly kind: 'done'; readonly token: TokenRecord; readonly replayed?: true }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'not-there' }
  /** There is a token of this digest already. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'unsigned' }

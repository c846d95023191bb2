import type { Change } from 'fader'
import { describe, expect, it } from 'vitest'
import { type Actor, type Role, roles, type Scope } from '../../worker/src/access/token.ts'
import {
  type Aim,
  grantRefusalOf,
  type Power,
  refusalOf,
  revokeRefusalOf,
  shareOfStage,
  type Touched,
} from '../../worker/src/operate/authority.ts'
import { touchedBy } from '../../worker/src/operate/touched.ts'
import { dice } from './dice.ts'

function actor(role: Role, scope: Scope = {}, more: Partial<Actor> = {}): Actor {
  return { id: 'a', name: 'A', kind: 'person', role, ...scope, ...more }
}

const flagOf = (name: string, ...owners: (string | null)[]): Touched => ({ of: 'flag', name, owners })
const aim = (kind: Aim['kind'], more: Partial<Aim> = {}): Aim => ({
  kind,
  touched: [flagOf('a/x', 'a')],
  ...more,
})

const kinds = ['kill', 'override', 'preview', 'state', 'stage', 'traffic', 'define', 'roll-back'] as const

/** What each role may do on a flag of its own. */
const may: Record<Role, readonly Aim['kind'][]> = {
  viewer: [],
  support: ['kill', 'override', 'preview'],
  owner: ['kill', 'override', 'preview', 'state', 'stage', 'traffic', 'define'],
  publisher: kinds,
  admin: kinds,
}

describe.each(roles)('the role %s', (role) => {
  it.each(kinds)('%s', (kind) => {
    const scope = role === 'owner' ? { team: 'a' } : {}
    const refusal = refusalOf(actor(role, scope), aim(kind))
    expect(refusal).toBe(may[role].includes(kind) ? null : `The role ${role} may not do this.`)
  })
})

const owner = actor('owner', { team: 'a' })
const prefixed = actor('publisher', { flagPrefix: 'a/' })
const cautious = actor('publisher', { maxShare: 10 })

const bounds: readonly [string, Actor, Aim, RegExp | null][] = [
  ['an owner kills a flag of the team', owner, aim('kill'), null],
  [
    'an owner does not kill a flag of another team',
    owner,
    aim('kill', { touched: [flagOf('x', 'b')] }),
    /not one of the team `a`/,
  ],
  [
    'an owner does not kill a flag of nobody',
    owner,
    aim('kill', { touched: [flagOf('x', null)] }),
    /not one of the team/,
  ],
  [
    'an owner hears the same of a flag that is not there',
    owner,
    aim('kill', { touched: [flagOf('x')] }),
    /not one of the team/,
  ],
  [
    'an owner without a team owns nothing',
    actor('owner'),
    aim('kill', { touched: [flagOf('x', null)] }),
    /owns no flag/,
  ],
  ['an owner publishes a change of own flags', owner, aim('define', { touched: [flagOf('x', 'a', 'a')] }), null],
  ['an owner publishes a new flag', owner, aim('define', { touched: [flagOf('x', 'a')] }), null],
  ['an owner publishes what changes nothing', owner, aim('define', { touched: [] }), null],
  ['an owner does not take a flag over', owner, aim('define', { touched: [flagOf('x', 'b', 'a')] }), /`x` is not one/],
  ['an owner does not give a flag away', owner, aim('define', { touched: [flagOf('x', 'a', 'b')] }), /`x` is not one/],
  [
    'an owner does not change one of others beside own ones',
    owner,
    aim('define', { touched: [flagOf('x', 'a', 'a'), flagOf('y', 'b', 'b')] }),
    /`y` is not one/,
  ],
  ...(['segment', 'layer', 'holdout', 'metric'] as const).map((of): [string, Actor, Aim, RegExp] => [
    `an owner changes no ${of}`,
    owner,
    aim('define', { touched: [{ of, name: 'x', owners: [] }] }),
    new RegExp(`changes the ${of} \`x\``),
  ]),
  [
    'an owner changes nothing outside of flags',
    owner,
    aim('define', { touched: [{ of: 'definition', name: '', owners: [] }] }),
    /outside of its flags/,
  ],
  ['an owner does not roll back', owner, aim('roll-back'), /role owner/],
  ['support of a team helps that team', actor('support', { team: 'a' }), aim('kill'), null],
  ['support of a team helps no other', actor('support', { team: 'b' }), aim('kill'), /team `b`/],
  ['a prefix lets through what begins so', prefixed, aim('traffic', { share: 100 }), null],
  ['a prefix stops what does not', prefixed, aim('traffic', { touched: [flagOf('b/x', 'a')] }), /begin with `a\/`/],
  ['a prefix is no part of a name elsewhere', prefixed, aim('kill', { touched: [flagOf('b/a/', null)] }), /begin with/],
  [
    'a prefix stops segments that begin so',
    prefixed,
    aim('define', { touched: [{ of: 'segment', name: 'a/x', owners: [] }] }),
    /segment/,
  ],
  [
    'a prefix holds for rolling back',
    prefixed,
    aim('roll-back', { touched: [flagOf('a/x', null), flagOf('b', null)] }),
    /`b` does not/,
  ],
  ['a prefix allows rolling back what begins so', prefixed, aim('roll-back', { touched: [flagOf('a/x', null)] }), null],
  [
    'a prefix binds support, too',
    actor('support', { flagPrefix: 'a/' }),
    aim('override', { touched: [flagOf('b', null)] }),
    /begin with/,
  ],
  ['a greatest share may be given', cautious, aim('traffic', { share: 10 }), null],
  [
    'more than it may not',
    cautious,
    aim('traffic', { share: 10.00001 }),
    /10.00001 %, and this token gives 10 % at most/,
  ],
  ['nor by a stage', cautious, aim('stage', { share: 25 }), /25 %/],
  ['a share of nothing is a share', actor('admin', { maxShare: 0 }), aim('traffic', { share: 0.1 }), /0 % at most/],
  ['with a greatest share one kills', cautious, aim('kill'), null],
  [
    'with a greatest share one publishes no definition',
    cautious,
    aim('define', { touched: [] }),
    /no whole definition/,
  ],
  [
    'with a greatest share one rolls nothing back',
    actor('admin', { maxShare: 100 }),
    aim('roll-back'),
    /no whole definition/,
  ],
  ['bounds hold for an admin', actor('admin', { team: 'b' }), aim('kill'), /team `b`/],
  ['all bounds hold together', actor('owner', { team: 'a', flagPrefix: 'b/' }), aim('kill'), /begin with `b\/`/],
  [
    'what Fader does itself is bound as well',
    actor('owner', { team: 'b' }, { kind: 'automatic' }),
    aim('stage'),
    /team `b`/,
  ],
]

describe('a bound', () => {
  it.each(bounds)('%s', (...[, who, what, refusal]) => {
    const given = refusalOf(who, what)
    if (refusal === null) expect(given).toBeNull()
    else expect(given).toMatch(refusal)
  })
})

describe('the share of a stage', () => {
  const ramp = { stages: [{}, { percent: 5 }, {}, { percent: 50 }] }
  it.each([
    [0, 0],
    [1, 5],
    [2, 5],
    [3, 50],
    [9, 50],
  ])('%i is %i %%', (stage, share) => expect(shareOfStage(ramp, stage)).toBe(share))
})

describe('what a definition touches', () => {
  const flag = (more: object) => ({ type: 'boolean', variants: { on: true }, safe: 'on', ...more })
  const text = (flags: object, more: object = {}) => JSON.stringify({ format: 1, revision: 1, ...more, flags })
  const old = text({
    mine: flag({ owner: 'a' }),
    theirs: flag({ owner: 'b', rules: [{ serve: 'on', description: 'd' }] }),
  })
  const parsed = JSON.parse(old)
  const changed = (key: string, more: object) => text({ ...parsed.flags, [key]: flag(more) })
  const words: Change = { of: 'segment', name: 's', path: 'segments.s', what: 'added' }

  const cases: [string, string, readonly Change[], readonly Touched[]][] = [
    ['nothing', old.replace('"revision":1', '"revision":2'), [], []],
    ['nothing, by other spaces', JSON.stringify(parsed, null, 4), [], []],
    ['a flag', changed('mine', { owner: 'a', state: 'off' }), [], [flagOf('mine', 'a', 'a')]],
    ['a flag and whose it is', changed('theirs', { owner: 'a' }), [], [flagOf('theirs', 'b', 'a')]],
    ['a new flag', changed('new', {}), [], [flagOf('new', null)]],
    [
      'a flag that has the name of what every object has',
      changed('constructor', { owner: 'a' }),
      [],
      [flagOf('constructor', 'a')],
    ],
    ['a flag that goes', text({ mine: parsed.flags.mine }), [], [flagOf('theirs', 'b')]],
    [
      'words for people alone',
      changed('theirs', { owner: 'b', rules: [{ serve: 'on', description: 'e' }] }),
      [],
      [flagOf('theirs', 'b', 'b')],
    ],
    [
      'the order of what stands in a flag',
      text({ ...parsed.flags, mine: { owner: 'a', ...flag({}) } }),
      [],
      [flagOf('mine', 'a', 'a')],
    ],
    [
      'a part that is no flag',
      text(parsed.flags, { segments: {} }),
      [],
      [{ of: 'definition', name: 'segments', owners: [] }],
    ],
    ['what the differences name', old, [words], [{ of: 'segment', name: 's', owners: [] }]],
  ]

  it.each(cases)('%s', (...[, later, changes, touched]) => expect(touchedBy(old, later, changes)).toEqual(touched))
})

const power = (role: Role, scope?: Scope, expires?: number): Power => ({
  kind: 'admin',
  role,
  ...(scope && { scope }),
  ...(expires !== undefined && { expires }),
})

const grants: readonly [string, Actor, Power, RegExp | null][] = [
  ['an admin makes any role', actor('admin'), power('admin'), null],
  ['an admin makes a client token', actor('admin'), { kind: 'client' }, null],
  ['an admin makes an edge token', actor('admin'), { kind: 'edge' }, null],
  ...(['viewer', 'support', 'owner', 'publisher'] as const).map((role): [string, Actor, Power, RegExp] => [
    `a ${role} makes none`,
    actor(role, { team: 'a' }),
    power('viewer', { team: 'a' }),
    new RegExp(`role ${role}`),
  ]),
  ['a bounded admin makes no client token', actor('admin', { maxShare: 50 }), { kind: 'client' }, /without bounds/],
  ['nor one of an edge', actor('admin', { team: 'a' }), { kind: 'edge' }, /without bounds/],
  ['a prefix is handed on', actor('admin', { flagPrefix: 'a/' }), power('owner', { flagPrefix: 'a/' }), null],
  ['a prefix may be made longer', actor('admin', { flagPrefix: 'a/' }), power('owner', { flagPrefix: 'a/b' }), null],
  [
    'a prefix may not be made shorter',
    actor('admin', { flagPrefix: 'a/' }),
    power('viewer', { flagPrefix: 'a' }),
    /begin with `a\/`/,
  ],
  ['a prefix may not be left out', actor('admin', { flagPrefix: 'a/' }), power('viewer'), /begin with/],
  ['a share may be made smaller', actor('admin', { maxShare: 50 }), power('owner', { maxShare: 20 }), null],
  [
    'a share may not be made greater',
    actor('admin', { maxShare: 50 }),
    power('owner', { maxShare: 51 }),
    /50 % at most/,
  ],
  ['a share may not be left out', actor('admin', { maxShare: 0 }), power('owner'), /0 % at most/],
  ['a team is handed on', actor('admin', { team: 'a' }), power('owner', { team: 'a' }), null],
  ['a team may not be another', actor('admin', { team: 'a' }), power('owner', { team: 'b' }), /team must be `a`/],
  ['a team may not be left out', actor('admin', { team: 'a' }), power('publisher'), /team must be `a`/],
  ['a token lasts as long as who makes it', actor('admin', {}, { expires: 9 }), power('viewer', {}, 9), null],
  ['a token does not last longer', actor('admin', {}, { expires: 9 }), power('viewer', {}, 10), /last longer/],
  ['a token does not last for ever', actor('admin', {}, { expires: 9 }), { kind: 'client' }, /last longer/],
]

describe('granting', () => {
  it.each(grants)('%s', (...[, who, wish, refusal]) => {
    const given = grantRefusalOf(who, wish)
    if (refusal === null) expect(given).toBeNull()
    else expect(given).toMatch(refusal)
  })
})

describe('revoking', () => {
  it.each(grants.filter(([, { expires }]) => expires === undefined))(
    'as granting: %s',
    (...[, who, token, refusal]) => {
      expect(revokeRefusalOf(who, token) === null).toBe(refusal === null)
    },
  )

  it('does not ask who lasts longer', () => {
    expect(revokeRefusalOf(actor('admin', {}, { expires: 9 }), power('admin'))).toBeNull()
  })
})

const teams = [undefined, 'a', 'b']
const prefixes = [undefined, 'a', 'a/', 'a/x', 'b/']
const shares = [undefined, 0, 10, 50, 100]
const ends = [undefined, 5, 9]

/** Somebody with any role and any bounds. */
function anyActor(roll: (sides: number) => number): Actor {
  const pick = <T>(from: readonly T[]) => from[roll(from.length)] as T
  const [team, flagPrefix, maxShare, expires] = [pick(teams), pick(prefixes), pick(shares), pick(ends)]
  const scope = {
    ...(team && { team }),
    ...(flagPrefix && { flagPrefix }),
    ...(maxShare !== undefined && { maxShare }),
  }
  return actor(pick(roles), scope, expires === undefined ? {} : { expires })
}

/** Everything that might be done, to flags of all kinds. */
const aims: readonly Aim[] = kinds.flatMap((kind) =>
  [
    [flagOf('a', 'a')],
    [flagOf('a/x', 'a', 'a')],
    [flagOf('b/x', 'b')],
    [flagOf('a/', 'a', 'b')],
    [flagOf('c', null)],
    [flagOf('a/x')],
    [{ of: 'segment', name: 'a/x', owners: [] } as const],
    [],
  ].flatMap((touched) => [0, 7, 40, 100].map((share) => ({ kind, touched, share }))),
)

const powerOf = ({ role, team, flagPrefix, maxShare, expires }: Actor): Power => {
  const scope = {
    ...(team && { team }),
    ...(flagPrefix && { flagPrefix }),
    ...(maxShare !== undefined && { maxShare }),
  }
  return { kind: 'admin', role, scope, ...(expires !== undefined && { expires }) }
}

describe('any sequence of grants', () => {
  it('gives nobody more than the first had', () => {
    const roll = dice(11)
    let granted = 0
    for (let round = 0; round < 20_000; round += 1) {
      const first = { ...anyActor(roll), role: roll(3) > 0 ? ('admin' as const) : anyActor(roll).role }
      let last = first
      for (let step = 0; step < 6; step += 1) {
        const next = anyActor(roll)
        if (grantRefusalOf(last, powerOf(next)) === null) last = next
      }
      if (last === first) continue
      granted += 1
      for (const some of aims) {
        if (refusalOf(last, some) === null)
          expect(refusalOf(first, some), JSON.stringify({ first, last, some })).toBeNull()
      }
      expect(last.expires ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(first.expires ?? Number.POSITIVE_INFINITY)
      if (grantRefusalOf(last, { kind: 'edge', expires: 1 }) === null) {
        expect(grantRefusalOf(first, { kind: 'edge', expires: 1 })).toBeNull()
      }
    }
    expect(granted).toBeGreaterThan(1000)
  })
})

describe('any actor', () => {
  it('may do no more with one bound more', () => {
    const roll = dice(12)
    let allowed = 0
    for (let round = 0; round < 3000; round += 1) {
      const free = anyActor(roll)
      const bound = { ...anyActor(roll), ...free }
      for (const some of aims) {
        if (refusalOf(bound, some) !== null) continue
        allowed += 1
        const isOwner = free.role === 'owner' && free.team === undefined
        if (!isOwner) expect(refusalOf(free, some), JSON.stringify({ free, bound, some })).toBeNull()
      }
    }
    expect(allowed).toBeGreaterThan(10_000)
  })

  it('may never do as support what is more than to kill and to override', () => {
    const roll = dice(13)
    for (let round = 0; round < 1000; round += 1) {
      const support = { ...anyActor(roll), role: 'support' as const }
      const done = new Set(aims.filter((some) => refusalOf(support, some) === null).map(({ kind }) => kind))
      expect([...done].filter((kind) => kind !== 'kill' && kind !== 'override')).toEqual([])
    }
  })
})

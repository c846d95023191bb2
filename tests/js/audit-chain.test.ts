import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Chained, verifyChain } from '../../js/dist/cli/audit-chain.js'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** A log of some entries, chained as the store chains them. */
function logOf(length: number): string[] {
  const texts: string[] = []
  for (let seq = 1; seq <= length; seq += 1) {
    const previous = seq === 1 ? '0'.repeat(64) : hashOf(texts[seq - 2] ?? '')
    texts.push(JSON.stringify({ seq, actor: { id: 'root' }, action: 'kill', flag: `flag-${seq}`, previous }))
  }
  return texts
}

const log = logOf(5)
const head = { length: 5, hash: hashOf(log[4] ?? '') }
const at = (line: number, texts: readonly string[]) => texts[line - 1] ?? ''
const without = (line: number) => log.filter((_, index) => index !== line - 1)
const edited = (line: number) => log.map((text, index) => (index === line - 1 ? text.replace('kill', 'state') : text))
/** The log as somebody would write it who changes an entry and all hashes behind it. */
const rewritten = logOf(5).reduce<string[]>((texts, text, index) => {
  const entry = { ...JSON.parse(text), ...(index === 2 && { action: 'state' }) }
  const previous = index === 0 ? '0'.repeat(64) : hashOf(texts[index - 1] ?? '')
  texts.push(JSON.stringify({ ...entry, previous }))
  return texts
}, [])

function problemOf(chain: Chained): string {
  return chain.ok ? 'none' : `${chain.line}: ${chain.problem}`
}

describe('a chain of audit entries', () => {
  it('that nobody touched is whole, with its head and without', () => {
    expect(verifyChain(log, head)).toEqual({ ok: true, ...head })
    expect(verifyChain(log)).toEqual({ ok: true, ...head })
  })

  it('of no entries is whole', () => {
    const empty = { length: 0, hash: '0'.repeat(64) }
    expect(verifyChain([])).toEqual({ ok: true, ...empty })
    expect(verifyChain([], empty)).toEqual({ ok: true, ...empty })
  })

  it('goes on where more was added since, and says so to who has its head', () => {
    const longer = logOf(6)
    expect(verifyChain(longer)).toMatchObject({ ok: true, length: 6 })
    expect(verifyChain(longer, head)).toMatchObject({ ok: false, line: 6 })
  })

  const harms: [string, readonly string[], number, RegExp][] = [
    ['whose first entry is missing', without(1), 1, /should be entry 1/],
    ['of which one in the middle is missing', without(3), 3, /should be entry 3/],
    ['whose last is missing', without(5), 5, /the last are missing/],
    ['of which all are missing', [], 1, /the last are missing/],
    ['whose first was edited', edited(1), 2, /was changed/],
    ['of which one in the middle was edited', edited(3), 4, /was changed/],
    ['whose last was edited', edited(5), 5, /not the one that the head names/],
    ['of which one was edited and all hashes made anew', rewritten, 5, /not the one that the head names/],
    ['of which two changed places', [at(1, log), at(3, log), at(2, log), ...log.slice(3)], 2, /should be entry 2/],
    ['with one twice', [at(1, log), ...log], 2, /should be entry 2/],
    ['with a space more', log.map((text, index) => (index === 1 ? `${text} ` : text)), 3, /was changed/],
    ['with a line that is no JSON', log.map((text, index) => (index === 1 ? '{' : text)), 2, /no entry/],
    ['with a line that is no object', log.map((text, index) => (index === 1 ? '[]' : text)), 2, /no entry/],
    ['with an empty line', [...log, ''], 6, /no entry/],
  ]

  it.each(harms)('%s is not whole', (_, texts, line, problem) => {
    const chain = verifyChain(texts, head)
    expect(problemOf(chain)).toMatch(problem)
    expect(chain).toMatchObject({ ok: false, line })
  })

  it('is broken by every change of one character that is not in the last entry, also without a head', () => {
    const whole = log.join('\n')
    const end = whole.lastIndexOf('\n')
    for (let place = 0; place < end; place += 7) {
      const harmed = `${whole.slice(0, place)}${whole[place] === 'x' ? 'y' : 'x'}${whole.slice(place + 1)}`
      expect(verifyChain(harmed.split('\n')).ok, `at ${place}`).toBe(false)
    }
  })
})

import { reset } from 'cloudflare:test'
import { beforeEach, expect, it } from 'vitest'
import page from '../../docs/traffic.md?raw'
import { parseTable } from '../../worker/src/traffic/table.ts'
import { gate, publishFlags } from './origins/visit.ts'

beforeEach(() => reset())

const fenced = (language: string) =>
  page
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split('\n```')[0] ?? '')

const [table = ''] = fenced('jsonc')
const definitions = fenced('json').map((text) => JSON.parse(text) as { flags: Record<string, object> })

it('the table of the page can be used', () => {
  expect(parseTable(table)?.routes.map(({ path }) => path)).toEqual(['/api/*', '/*'])
})

it('the definitions of the page can be published, and their flags are those of its table', async () => {
  expect(definitions).toHaveLength(5)
  for (const { flags } of definitions) {
    await publishFlags(gate(), flags as Record<string, Record<string, unknown>>)
    for (const key of Object.keys(flags)) expect(table).toContain(`"${key}"`)
  }
})

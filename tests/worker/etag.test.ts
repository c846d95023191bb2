import { describe, expect, it } from 'vitest'
import { noneMatchNames, revisionsNamed, strongEtag } from '../../worker/src/etag.ts'

describe('entity tags', () => {
  it('are strong, quoted, and of the bytes', async () => {
    const empty = await strongEtag(new Uint8Array())
    expect(empty).toBe('"e3b0c44298fc1c149afbf4c8996fb924"')
    expect(await strongEtag(Uint8Array.of(0))).not.toBe(empty)
  })

  it.each([
    [null, false],
    ['', false],
    ['"a"', true],
    ['W/"a"', true],
    ['a', true],
    ['"b", "a"', true],
    ['"b",W/"a"', true],
    ['  "a"  ', true],
    ['*', true],
    ['"b"', false],
    ['"ab"', false],
    ['"A"', false],
    ['"*"', false],
    ['W/"b", "c"', false],
  ])('If-None-Match %j names "a": %j', (header, named) => {
    expect(noneMatchNames(header, '"a"')).toBe(named)
  })

  it.each([
    ['*', 'any'],
    [' * ', 'any'],
    ['"3"', [3]],
    ['"3", "4"', [3, 4]],
    ['"0"', [0]],
    ['W/"3"', []],
    ['W/"3", "5"', [5]],
    ['3', []],
    ['"three"', []],
    ['"-1"', []],
    ['"3.0"', []],
    ['', []],
    ['"*"', []],
  ])('If-Match %j names %j', (header, revisions) => {
    expect(revisionsNamed(header)).toEqual(revisions)
  })
})

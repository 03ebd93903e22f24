import { describe, expect, it } from 'vitest'
import { askPython, hasPython } from '@/lib/testing/expressions/compare-cpython'
import { seededRandom } from '@/lib/testing/expressions/random-values'
import { canMatchTools, compileWildcard, isWildcard } from './wildcard'

const matches = (pattern: string, name: string) => compileWildcard(pattern)(name)

describe('a wildcard', () => {
  it.each([
    ['db_*', 'DB_delete'],
    ['db_*', 'xdb_delete'],
    ['db_?', 'db_'],
    ['db_?', 'db_ab'],
    ['[abc]', 'd'],
    ['[!abc]', 'a'],
    ['[^a]', 'b'],
    ['[z-a]', 'm'],
    ['*.delete', 'db.deleted'],
    ['', 'a'],
    ['[a', 'a'],
  ])('%s does not match %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(false)
  })

  it.each([
    ['*', ''],
    ['*', 'a.b:c/d'],
    ['db_*', 'db_'],
    ['db_*', 'db_delete.all'],
    ['*_delete', 'db_delete'],
    ['a*b*c', 'aXbXbYc'],
    ['a?c', 'abc'],
    ['[abc]x', 'bx'],
    ['[a-c]x', 'bx'],
    ['[!abc]x', 'dx'],
    ['[]]x', ']x'],
    ['[!]]x', 'ax'],
    ['[^a]', '^'],
    ['[a-]', '-'],
    ['[!z-a]', 'q'],
    ['[a', '[a'],
    ['***a***', 'bab'],
  ])('%s matches %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(true)
  })

  it('takes no time to fail on stars', () => {
    const test = compileWildcard(`${'*a'.repeat(500)}b`)
    expect(test('a'.repeat(200))).toBe(false)
  })

  it('is told from a name by its signs', () => {
    expect(['a*', 'a?', '[a]', '['].every(isWildcard)).toBe(true)
    expect(isWildcard('order_tools.cancel:x/y-z')).toBe(false)
  })

  it('is known to match nothing where its letters cannot stand in a name', () => {
    expect(['a b', 'a b*', 'ä', '[a'].some(canMatchTools)).toBe(false)
    expect(['db_*', '[abc]?', 'a.b:c/d-e', '[ ]'].every(canMatchTools)).toBe(true)
  })
})

const skipped = !hasPython()
const reason = skipped ? ' (skipped: no python3, 3.11 or newer, on this machine)' : ''

it.skipIf(skipped)(`matches as fnmatch does over 20,000 random pairs${reason}`, async () => {
  const random = seededRandom(5)
  const text = (letters: string, most: number) =>
    Array.from(
      { length: Math.floor(random() * most) },
      () => letters[Math.floor(random() * letters.length)],
    ).join('')
  const pairs = Array.from({ length: 20_000 }, () => ({
    pattern: text('ab-]![*?^\\&c', 8),
    name: text('abc-]!^', 5),
  }))
  const python = await askPython(pairs)
  const wrong = pairs.filter(({ pattern, name }, i) => String(matches(pattern, name)) !== python[i])
  expect(wrong).toEqual([])
  expect(python.filter((answer) => answer === 'true').length).toBeGreaterThan(500)
})

import { describe, expect, it } from 'vitest'
import { covers as coversPattern, readPattern, type Steps } from './covers'
import { seededRandom } from '@/lib/testing/expressions/random-values'
import { compareEntries } from './loosens'
import { parsePolicy } from './parse'
import { emptyPolicy, type Policy } from './policy'
import { compileWildcard } from './wildcard'

const covers = (wide: string, narrow: string, steps: Steps) =>
  coversPattern(readPattern(wide), readPattern(narrow), steps)
const plenty = () => ({ left: 1_000_000 })

describe('covers', () => {
  it.each([
    ['pay', 'pays'],
    ['pay', 'p?y'],
    ['db_?', 'db_*'],
    ['db_delete*', 'db_*'],
    ['*_delete', 'db_*'],
    ['[ab]x', '[ac]x'],
    ['[ab]x', '[!c]x'],
    ['[!ab]x', 'ax'],
    ['a*b', 'a*'],
    ['?*', '*'],
    ['a[', 'a['.repeat(2)],
  ])('%s does not cover %s', (wide, narrow) => {
    expect(covers(wide, narrow, plenty())).toBe(false)
  })

  it.each([
    ['pay', 'pay'],
    ['*', 'db_*'],
    ['*', '*'],
    ['db_*', 'db_delete'],
    ['db_*', 'db_del*'],
    ['*e*', 'db_delete*'],
    ['*?', '?*'],
    ['?*', '*?'],
    ['[a-f]x', '[b-c]x'],
    ['[a-f]x', 'bx'],
    ['[!a]x', '[!a]x'],
    ['??', '[ab]?'],
  ])('%s covers %s', (wide, narrow) => {
    expect(covers(wide, narrow, plenty())).toBe(true)
  })

  it('never says yes where a name is matched by the narrow one alone', () => {
    const random = seededRandom(4711)
    const draw = (alphabet: string[], most: number) =>
      Array.from(
        { length: Math.floor(random() * (most + 1)) },
        () => alphabet[Math.floor(random() * alphabet.length)],
      ).join('')
    const patterns = ['a', 'b', '*', '?', '[ab]', '[!a]', '[a-c]']
    const wrong: string[] = []
    let yes = 0
    for (let i = 0; i < 20_000; i++) {
      const [wide, narrow] = [draw(patterns, 5), draw(patterns, 5)]
      if (!covers(wide, narrow, plenty())) continue
      yes++
      const [isWide, isNarrow] = [compileWildcard(wide), compileWildcard(narrow)]
      for (let j = 0; j < 20; j++) {
        const name = draw(['a', 'b', 'c', 'd'], 5)
        if (isNarrow(name) && !isWide(name)) wrong.push(`${wide} / ${narrow} / ${name}`)
      }
    }
    expect(wrong).toEqual([])
    expect(yes).toBeGreaterThan(1000)
  })

  it('takes a bounded number of steps, and then says no', () => {
    const steps = { left: 1000 }
    expect(covers(`*${'a*'.repeat(1000)}`, 'a'.repeat(5000), steps)).toBe(false)
    expect(steps.left).toBeLessThanOrEqual(0)
  })
})

type Lines = [string, (string | null)?][]
const policyOf = (lines: Lines): Policy => ({
  ...emptyPolicy,
  tools: lines.map(([tool, when = null]) => ({ tool, when, timeout: null, onRejection: null })),
})
const compared = (before: Lines, after: Lines) => {
  const { removed, madeConditional, weakened } = compareEntries(policyOf(before), policyOf(after))
  return {
    removed: removed.map(({ tool }) => tool),
    madeConditional: madeConditional.map(({ tool, when }) => `${tool} ${when}`),
    weakened: weakened.map(({ tool }) => tool),
  }
}

describe('compareEntries', () => {
  const rich = 'param.amount > 1000'
  const richer = 'param.amount > 5000'

  it.each<[string, Lines, Lines]>([
    ['the same', [['pay', rich]], [['pay', rich]]],
    ['another order', [['pay', rich], ['db_*']], [['db_*'], ['pay', rich]]],
    ['an entry more', [['pay', rich]], [['pay', rich], ['drop']]],
    ['a condition less', [['pay', rich]], [['pay']]],
    ['a wildcard in its place', [['db_drop'], ['db_delete', rich]], [['db_*']]],
    ['a wider wildcard', [['db_*']], [['*']]],
    ['a double less', [['pay'], ['pay']], [['pay']]],
    ['an entry that could match nothing less', [['pay'], ['p ay'], ['a.b: param.x']], [['pay']]],
    ['nothing before', [], [['pay']]],
  ])('%s weakens nothing', (_, before, after) => {
    expect(compared(before, after)).toEqual({ removed: [], madeConditional: [], weakened: [] })
  })

  it.each<[string, Lines, Lines, string[]]>([
    ['an entry less', [['pay'], ['drop', rich]], [['pay']], ['drop']],
    ['no tools', [['pay'], ['db_*']], [], ['pay', 'db_*']],
    ['a name for a wildcard', [['db_*']], [['db_drop']], ['db_*']],
    ['a narrower wildcard', [['*']], [['db_*']], ['*']],
    [
      'one of two conditions',
      [
        ['pay', rich],
        ['pay', 'param.currency != "EUR"'],
      ],
      [['pay', rich]],
      ['pay'],
    ],
    ['another spelling of the tool', [['pay']], [['Pay']], ['pay']],
  ])('%s is removed', (_, before, after, removed) => {
    expect(compared(before, after)).toEqual({ removed, madeConditional: [], weakened: removed })
  })

  it('an entry that gated always gates on a condition now', () => {
    expect(
      compared(
        [['pay'], ['db_*']],
        [
          ['pay', rich],
          ['*', richer],
        ],
      ),
    ).toEqual({
      removed: [],
      madeConditional: [`pay ${rich}`, `* ${richer}`],
      weakened: ['pay', 'db_*'],
    })
  })

  it('of another condition, two conditions in one included, only calls can tell', () => {
    const both = `${rich} or param.currency != "EUR"`
    expect(compared([['pay', rich]], [['pay', richer]])).toEqual({
      removed: [],
      madeConditional: [],
      weakened: ['pay'],
    })
    expect(
      compared(
        [
          ['pay', rich],
          ['pay', 'param.currency != "EUR"'],
        ],
        [['pay', both]],
      ),
    ).toEqual({
      removed: [],
      madeConditional: [],
      weakened: ['pay', 'pay'],
    })
  })

  it('two files full of wildcards are compared in bounded time, with doubt against the new one', () => {
    const before = policyOf(Array.from({ length: 3000 }, (_, i) => [`a*a*a*a*${i}`]))
    const after = policyOf(Array.from({ length: 3000 }, (_, i) => [`*a*a*a*a*b${i}`]))
    expect(compareEntries(before, after).removed).toHaveLength(3000)
  })
})

describe('what is demanded of who decides', () => {
  const policyOf = (block: string, ...entries: string[]): Policy => {
    const parsed = parsePolicy(
      `approval:\n  tools:\n${entries.map((one) => `    - ${one}\n`).join('')}${block}`,
    )
    if (!parsed.ok) throw new Error(parsed.errors[0]?.detail)
    return parsed.policy
  }
  const changed = (before: Policy, after: Policy) => compareEntries(before, after).demandsLess

  it.each([
    ['reviewers away', 'reviewers: finance', 'message: x'],
    ['other reviewers', 'reviewers: finance', 'reviewers: legal'],
    ['fewer approvals', 'reviewers: {from: finance, approvals: 2}', 'reviewers: finance'],
    ['any instead of all', 'reviewers: {all_of: [a, b]}', 'reviewers: {any_of: [a, b]}'],
    ['who is asked later', 'reviewers: a', 'reviewers: a\n        escalate: [{after: 50%, to: b}]'],
    ['exclusions away', 'exclude: [deployer, editor]', 'exclude: editor'],
    ['self-approval', 'self_approval: never', 'self_approval: project'],
    ['reasons', 'reason: required', 'reason: on_reject'],
    ['extensions', 'max_extension: 600', 'max_extension: 601'],
    ['edits', 'edit: [amount]', 'edit: [amount, note]'],
    ['all edits', 'edit: [amount]', 'edit: true'],
    ['first edits', 'message: x', 'edit: [amount]'],
    ['justifications', 'justification: required', 'message: x'],
    ['repeats', 'repeat: refuse', 'repeat: ask'],
  ])('%s', (_name, before, after) => {
    const [one, other] = [before, after].map((lines) => policyOf('', `pay:\n        ${lines}`))
    if (!one || !other) throw new Error('no policies')
    expect(changed(one, other)).toEqual([{ tool: 'pay', when: null }])
    expect(changed(one, one)).toEqual([])
    const stricter =
      _name === 'other reviewers' || _name === 'fewer approvals' || _name === 'any instead of all'
    if (!stricter) expect(changed(other, one)).toEqual([])
  })

  it('is the same where it moves between block and entry, and where another entry demands it too', () => {
    const inBlock = policyOf('  reviewers: finance\n', 'pay')
    expect(changed(inBlock, policyOf('', 'pay: {reviewers: finance, timeout: 60}'))).toEqual([])
    expect(changed(inBlock, policyOf('', 'pay', '"p*": {reviewers: finance}'))).toEqual([])
    expect(changed(inBlock, policyOf('', 'pay', '"p*": {when: param.x, reviewers: finance}'))).toHaveLength(1)
    const owned = (owner: string) => policyOf(`  owners: ${owner}\n`, 'pay: {reviewers: agent:owners}')
    expect(changed(owned('a'), owned('b'))).toHaveLength(1)
    expect(changed(owned('a'), owned('a'))).toEqual([])
  })
})

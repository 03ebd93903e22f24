import { describe, expect, it } from 'vitest'
import { compileTree } from './evaluate'
import { parseCondition } from './condition'
import { doubtsOf } from './doubts'
import { outcomesOf } from './outcomes'
import { CaseMaker } from '@/lib/testing/expressions/random-cases'
import { seededRandom } from '@/lib/testing/expressions/random-values'

function doubts(text: string) {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`)
  return doubtsOf(parsed.tree, text)
}

const codes = (text: string) => doubts(text).map((doubt) => doubt.code)

describe('what nothing in param or context can change', () => {
  it.each([
    ['condition_always_false', 'False'],
    ['condition_always_false', 'false'],
    ['condition_always_false', '0'],
    ['condition_always_false', '""'],
    ['condition_always_false', '{}'],
    ['condition_always_false', 'null'],
    ['condition_always_false', '1 > 2'],
    ['condition_always_false', 'not true'],
    ['condition_always_false', 'false and param.x'],
    ['condition_always_false', '1 > 2 > param.x'],
    ['condition_always_false', '1e16 == 10000000000000001'],
    ['condition_always_false', '"a" in ["b"]'],
    ['condition_never_true', 'param.x and false'],
    ['condition_never_true', 'param.amount > 1000 and False'],
    ['condition_never_true', 'param.x in []'],
    ['condition_never_true', 'param.x > 1 and 1 > 2 and context.y'],
    ['condition_never_true', 'not (param.x or true)'],
    ['condition_never_true', 'not [param.x]'],
    ['condition_always_true', 'True'],
    ['condition_always_true', '1'],
    ['condition_always_true', '"{}"'],
    ['condition_always_true', '"param.amount > 1000"'],
    ['condition_always_true', '2 > 1'],
    ['condition_always_true', 'true or param.x'],
    ['condition_always_true', 'not false'],
    ['condition_always_gates', 'param.x or true'],
    ['condition_always_gates', 'param.x not in []'],
    ['condition_always_gates', '[param.x]'],
    ['condition_always_gates', '1 > "a"'],
    ['condition_always_gates', '{[1]}'],
    ['condition_always_gates', 'null > param.x or 1 < null'],
  ])('%s: %s', (code, text) => {
    expect(codes(text)).toEqual([code])
  })

  it.each([
    'param.x',
    'context',
    'param.amount > 1000',
    'param.x and true',
    'param.x or false',
    'param.a == param.a',
    'param.x in [1]',
    'not param.x',
    '1 < 2 < param.x',
    'param["_id"] == 1',
    '(param.x or false) and (true or param.y)',
  ])('is not said of %s', (text) => {
    expect(codes(text)).toEqual([])
  })

  it('says what to write instead, and quotes a long condition by its start', () => {
    expect(doubts('False')[0]?.message).toContain('gates nothing')
    expect(doubts('param.x and false')[0]?.message).toContain('only where it cannot be evaluated')
    expect(doubts('"{}"')[0]?.message).toContain('without these quotes')
    expect(doubts('True')[0]?.message).toContain('write the tool alone')
    expect(doubts(`1 > 2 and "${'y'.repeat(500)}"`)[0]?.message.length).toBeLessThan(250)
  })
})

describe('what reads like another language', () => {
  it.each([
    ['condition_template', '"{{ param.amount }}" == "1000"', 1],
    ['condition_template', 'param.a == 1 or {{ param.b }} == 1', 16],
    ['condition_length', 'param.items.length > 3', 0],
    ['condition_length', 'param.a == 1 and 3 < param.rows[0].names.length', 21],
  ])('%s: %s', (code, text, offset) => {
    expect(doubts(text)[0]).toMatchObject({ code, offset })
  })

  it.each(['param.length > 3', 'context.length == 1', 'param["length"] > 1', '{"a": {"b": 1}} == param.x'])(
    'is not said of %s',
    (text) => {
      expect(codes(text)).toEqual([])
    },
  )

  it.each([
    ['param.order-id == 1', 'param["order-id"]', 11],
    ['context.user.first-name-x == "a"', 'context.user["first-name-x"]', 18],
    ['1 == param.items[0].order-id', 'param.items[0]["order-id"]', 25],
    ['param.a - 1 > 2', 'arithmetic is not in the language', 8],
  ])('%s is refused with the mend %s', (text, mend, offset) => {
    const parsed = parseCondition(text)
    expect(parsed).toMatchObject({ ok: false, problem: { offset, message: expect.stringContaining(mend) } })
  })
})

it('an evaluation never comes to what was ruled out, over 20,000 random conditions', () => {
  const maker = new CaseMaker(seededRandom(99))
  const fixed = ['true', 'false', '1 > 2', '()', '"a"', '1 < "a"', '{[1]}', '0 == 0.0']
  let ruledOut = 0
  let wrong = ''
  for (let i = 0; i < 20_000; i++) {
    const { text: one, param, context } = maker.evaluable()
    const other = fixed[i % fixed.length] ?? ''
    const text = [
      one,
      `${one} and ${other}`,
      `${other} or ${one}`,
      `not (${one} or ${other})`,
      `${other} == (${one}) in []`,
    ][i % 5]!
    const parsed = parseCondition(text)
    if (!parsed.ok) continue
    const { outcome } = compileTree(parsed.tree, text)(param, context)
    const { isTrue, isFalse, isUnevaluable } = outcomesOf(parsed.tree)
    const isPossible = { true: isTrue, false: isFalse, unevaluable: isUnevaluable }[outcome]
    if (!isPossible) wrong ||= `${text} is ${outcome}`
    if (!(isTrue && isFalse && isUnevaluable)) ruledOut++
  }
  expect(wrong).toBe('')
  expect(ruledOut).toBeGreaterThan(5000)
})

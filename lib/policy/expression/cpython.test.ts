import { expect, it } from 'vitest'
import { compareWithCpython, hasPython, ourAnswer } from '@/lib/testing/expressions/compare-cpython'

const skipped = !hasPython()
const name = skipped ? ' (skipped: no python3, 3.11 or newer, on this machine)' : ''

it.skipIf(skipped)(`agrees with CPython over 3,000 random cases${name}`, async () => {
  const found = await compareWithCpython(3000, 20_260_101)
  expect(found.disagreements).toEqual([])
  const { true: isTrue, false: isFalse, raises } = found.evaluated
  for (const count of [isTrue, isFalse, raises]) expect(count).toBeGreaterThan(0.15 * 2250)
  expect(found.spelled.refused).toBeGreaterThan(300)
  expect(found.spelled.refused).toBeLessThan(700)
})

it.skipIf(skipped)(`notices an evaluator that is wrong in one case of a hundred${name}`, async () => {
  let count = 0
  const found = await compareWithCpython(1000, 7, (each) => {
    const answer = ourAnswer(each)
    return ++count % 100 === 0 ? (answer === 'true' ? 'false' : 'true') : answer
  })
  expect(found.disagreements).toHaveLength(10)
})

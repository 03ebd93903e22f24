import { describe, expect, test } from 'vitest'
import { countPlaywright, countVitest, failedFiles, type VitestReport } from './test-counts'

describe('a run of vitest is counted', () => {
  const file = (name: string, tests: Record<string, string>) => ({
    name,
    status: Object.values(tests).includes('failed') ? 'failed' : 'passed',
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
  })
  const run = (...testResults: VitestReport['testResults']) => ({
    report: { testResults },
    code: testResults.some(({ status }) => status === 'failed') ? 1 : 0,
  })
  const broken = { name: 'broken.test.ts', status: 'failed', assertionResults: [] }
  const sum = file('sum.test.ts', { 'adding none': 'passed', 'adding one': 'failed', 'adding two': 'failed' })
  const other = file('other.test.ts', { a: 'passed', b: 'skipped', c: 'todo', d: 'pending' })

  test('as it went', () => {
    expect(countVitest(run(other))).toEqual({
      ...{ passed: 1, failed: 0, skipped: 3, failures: [], flaky: [] },
    })
    expect(countVitest(run(other, sum))).toEqual({
      ...{ passed: 2, failed: 2, skipped: 3, flaky: [] },
      failures: [{ title: 'sum.test.ts: adding one' }, { title: 'sum.test.ts: adding two' }],
    })
  })

  test('with what passed at its second try by name, and what failed again', () => {
    const first = [other, sum]
    expect(failedFiles({ testResults: first })).toEqual(['sum.test.ts'])
    const second = file('sum.test.ts', {
      ...{ 'adding none': 'passed', 'adding one': 'passed', 'adding two': 'failed' },
    })
    expect(countVitest(run(...first), run(second))).toEqual({
      ...{ passed: 3, failed: 1, skipped: 3 },
      failures: [{ title: 'sum.test.ts: adding two' }],
      flaky: [{ title: 'sum.test.ts: adding one' }],
    })
  })

  test('with the first lines of why', () => {
    const failureMessages = [
      '\u001b[31mAssertionError\u001b[39m: expected 503 to be 200\n\n  at one\n  at two',
    ]
    const why = 'AssertionError: expected 503 to be 200\n  at one\n  at two'
    const failed = { status: 'failed', fullName: 'adding', failureMessages }
    expect(
      countVitest(run({ name: 'sum.test.ts', status: 'failed', assertionResults: [failed] })).failures,
    ).toEqual([{ title: 'sum.test.ts: adding', reason: why }])
    expect(countVitest(run({ ...broken, message: 'no such module' })).failures).toEqual([
      { title: 'broken.test.ts', reason: 'no such module' },
    ])
  })

  test('of what runs behind two fronts, each by itself', () => {
    const first = [file('a.test.ts', { a: 'passed' }), file('a.test.ts', { a: 'failed' })]
    expect(failedFiles({ testResults: first })).toEqual(['a.test.ts'])
    expect(countVitest(run(...first))).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ title: 'a.test.ts: a' }],
    })
    const again = [file('a.test.ts', { a: 'failed' }), file('a.test.ts', { a: 'passed' })]
    expect(countVitest(run(...first), run(...again))).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ title: 'a.test.ts: a' }],
    })
  })

  test('with a file that could not be loaded as a failure, until it can be', () => {
    const first = [other, broken]
    expect(countVitest(run(...first))).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ title: 'broken.test.ts' }],
    })
    const again = [file('broken.test.ts', { a: 'passed' })]
    expect(countVitest(run(...first), run(...again))).toMatchObject({
      passed: 2,
      failed: 0,
      flaky: [{ title: 'broken.test.ts' }],
    })
  })

  test('with a second run that told nothing as the first was', () => {
    expect(countVitest(run(sum), undefined)).toMatchObject({ passed: 1, failed: 2 })
  })

  test('with an error outside every test as a failure', () => {
    const outside = { failed: 1, failures: [{ title: 'an error outside every test' }] }
    expect(countVitest({ ...run(other), code: 1 })).toMatchObject(outside)
    const again = run(file('sum.test.ts', { 'adding one': 'passed' }))
    expect(countVitest(run(other, sum), { ...again, code: 1 })).toMatchObject(outside)
  })
})

describe('a run of Playwright is counted', () => {
  const stats = { expected: 3, unexpected: 0, flaky: 1, skipped: 2 }

  test('as it went', () => {
    expect(countPlaywright({ stats, errors: [] }, 0)).toEqual({
      ...{ passed: 4, failed: 0, skipped: 2 },
      failures: [],
      flaky: [],
    })
    const specs = [
      { file: 'page.e2e.ts', title: 'a press decides', ok: false },
      { file: 'page.e2e.ts', title: 'a link does not', ok: true, tests: [{ status: 'expected' }] },
      {
        ...{ file: 'page.e2e.ts', title: 'a key does not', ok: true },
        tests: [{ status: 'flaky', results: [{ error: { message: 'Timeout' } }, {}] }],
      },
    ]
    const report = { stats: { ...stats, unexpected: 1 }, errors: [], suites: [{ suites: [{ specs }] }] }
    expect(countPlaywright(report, 1)).toMatchObject({
      ...{ failed: 1, failures: [{ title: 'page.e2e.ts: a press decides' }] },
      flaky: [{ title: 'page.e2e.ts: a key does not', reason: 'Timeout' }],
    })
  })

  test('with a server that did not start, or an end without a word, as a failure', () => {
    expect(countPlaywright({ stats, errors: [{}] }, 1).failed).toBe(1)
    expect(countPlaywright({ stats, errors: [] }, 1).failed).toBe(1)
  })
})

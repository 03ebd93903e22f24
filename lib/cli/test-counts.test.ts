import { describe, expect, test } from 'vitest'
import { countPlaywright, countVitest } from './test-counts'

describe('a run of vitest is counted', () => {
  const clean = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] }

  test('as it went', () => {
    expect(countVitest(clean, 0)).toEqual({ passed: 5, failed: 0, skipped: 2, failures: [], flaky: [] })
    const assertionResults = [
      { status: 'failed', fullName: 'adding one' },
      { status: 'passed', fullName: 'adding none' },
    ]
    const testResults = [{ name: 'sum.test.ts', status: 'failed', assertionResults }]
    expect(countVitest({ ...clean, numFailedTests: 1, testResults }, 1)).toEqual({
      ...{ passed: 5, failed: 1, skipped: 2 },
      failures: ['sum.test.ts: adding one'],
      flaky: [],
    })
  })

  test('with what passed at its second try by name', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'adding one', failureMessages: ['2 is not 3'] },
      { status: 'passed', fullName: 'adding none', failureMessages: [] },
      { status: 'failed', fullName: 'adding two', failureMessages: ['2 is not 3', '2 is not 3'] },
    ]
    const testResults = [{ name: 'sum.test.ts', status: 'passed', assertionResults }]
    expect(countVitest({ ...clean, numFailedTests: 1, testResults }, 1)).toMatchObject({
      failures: ['sum.test.ts: adding two'],
      flaky: ['sum.test.ts: adding one'],
    })
  })

  test('with a file that could not be loaded as a failure', () => {
    const testResults = [{ name: 'sum.test.ts', status: 'failed', assertionResults: [] }]
    expect(countVitest({ ...clean, testResults }, 1)).toMatchObject({ failed: 1, failures: ['sum.test.ts'] })
  })

  test('with an error outside every test as a failure', () => {
    expect(countVitest(clean, 1)).toMatchObject({ failed: 1, failures: ['an error outside every test'] })
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
      { file: 'page.e2e.ts', title: 'a key does not', ok: true, tests: [{ status: 'flaky' }] },
    ]
    const report = { stats: { ...stats, unexpected: 1 }, errors: [], suites: [{ suites: [{ specs }] }] }
    expect(countPlaywright(report, 1)).toMatchObject({
      ...{ failed: 1, failures: ['page.e2e.ts: a press decides'] },
      flaky: ['page.e2e.ts: a key does not'],
    })
  })

  test('with a server that did not start, or an end without a word, as a failure', () => {
    expect(countPlaywright({ stats, errors: [{}] }, 1).failed).toBe(1)
    expect(countPlaywright({ stats, errors: [] }, 1).failed).toBe(1)
  })
})

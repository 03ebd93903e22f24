import { stripVTControlCharacters } from 'node:util'

/** How it went; `failures` names what failed, `flaky` what passed at its second try, as far as the report does. */
export type Count = { passed: number; failed: number; skipped: number; failures: Failure[]; flaky: Failure[] }

/** `reason` is the first lines of why, where the report says. */
export type Failure = { title: string; reason?: string }

/** What vitest's JSON reporter writes, as far as it is counted. */
export type VitestReport = {
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[]
  }[]
}

/** A run's report and its exit code. */
export type VitestRun = { report: VitestReport; code: number }

type VitestFile = VitestReport['testResults'][number]

/** The files of which something failed, each once. */
export function failedFiles({ testResults }: VitestReport): string[] {
  return [...new Set(testResults.filter(({ status }) => status === 'failed').map(({ name }) => name))]
}

/**
 * A file that cannot be loaded and an error outside every test fail too, although no test of theirs did.
 * @param again a second run of the files of which something failed, which counts in place of the first
 */
export function countVitest(first: VitestRun, again?: VitestRun): Count {
  const files = again ? withFiles(first.report, again.report) : first.report.testResults
  const failures = failuresOf(files)
  const isFailed = new Set(failures.map(({ title }) => title))
  const flaky = failuresOf(first.report.testResults).filter(({ title }) => !isFailed.has(title))
  const last = again ?? first
  const isOutside = last.code !== 0 && failedFiles(last.report).length === 0
  const count = (...statuses: string[]) =>
    files
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => statuses.includes(status)).length
  return {
    passed: count('passed'),
    failed: failures.length + (isOutside ? 1 : 0),
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
    failures: [...failures, ...(isOutside ? [{ title: 'an error outside every test' }] : [])],
    flaky,
  }
}

function withFiles(first: VitestReport, { testResults }: VitestReport): VitestFile[] {
  const names = new Set(testResults.map(({ name }) => name))
  return [...first.testResults.filter(({ name }) => !names.has(name)), ...testResults]
}

function failuresOf(files: VitestFile[]): Failure[] {
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      if (failed.length === 0) return [failure(name, message)]
      return failed.map((test) => failure(`${name}: ${test.fullName}`, test.failureMessages?.[0]))
    })
}

const mostLines = 6

function failure(title: string, message?: string): Failure {
  const reason = stripVTControlCharacters(message ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, mostLines)
    .join('\n')
  return reason === '' ? { title } : { title, reason }
}

type PlaywrightTest = { status: string; results?: { error?: { message?: string } }[] }

type PlaywrightSuite = {
  suites?: PlaywrightSuite[]
  specs?: { file: string; title: string; ok: boolean; tests?: PlaywrightTest[] }[]
}

/** What Playwright's JSON reporter writes, as far as it is counted. */
export type PlaywrightReport = PlaywrightSuite & {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  errors: unknown[]
}

/** An error outside every test fails too, such as a server that did not start. */
export function countPlaywright(report: PlaywrightReport, exitCode: number): Count {
  const { stats, errors } = report
  const failed = stats.unexpected + errors.length
  return {
    passed: stats.expected + stats.flaky,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: stats.skipped,
    failures: specsOf(report, (spec) => !spec.ok),
    flaky: specsOf(report, (spec) => spec.tests?.some((test) => test.status === 'flaky') ?? false),
  }
}

type Spec = NonNullable<PlaywrightSuite['specs']>[number]

function specsOf({ suites = [], specs = [] }: PlaywrightSuite, isMeant: (spec: Spec) => boolean): Failure[] {
  const own = specs.filter(isMeant).map(({ file, title, tests = [] }) => {
    const error = tests.flatMap(({ results = [] }) => results).find((result) => result.error)?.error
    return failure(`${file}: ${title}`, error?.message)
  })
  return [...own, ...suites.flatMap((suite) => specsOf(suite, isMeant))]
}

/** How it went; `failures` names what failed, as far as the report does. */
export type Count = { passed: number; failed: number; skipped: number; failures: string[] }

/** What vitest's JSON reporter writes, as far as it is counted. */
export type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

/** A file that cannot be loaded and an error outside every test fail too, although no test of theirs did. */
export function countVitest(report: VitestReport, exitCode: number): Count {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  )
  const failed = report.numFailedTests + broken.length
  const failedTests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter((one) => one.status === 'failed').map((one) => `${name}: ${one.fullName}`),
  )
  const isOutside = failed === 0 && exitCode !== 0
  return {
    passed: report.numPassedTests,
    failed: isOutside ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...broken.map((file) => file.name),
      ...failedTests,
      ...(isOutside ? ['an error outside every test'] : []),
    ],
  }
}

type PlaywrightSuite = {
  suites?: PlaywrightSuite[]
  specs?: { file: string; title: string; ok: boolean }[]
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
    failures: failedSpecs(report),
  }
}

function failedSpecs({ suites = [], specs = [] }: PlaywrightSuite): string[] {
  const own = specs.filter((spec) => !spec.ok).map((spec) => `${spec.file}: ${spec.title}`)
  return [...own, ...suites.flatMap(failedSpecs)]
}

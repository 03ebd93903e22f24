/** How it went; `failures` names what failed, `flaky` what passed at its second try, as far as the report does. */
export type Count = { passed: number; failed: number; skipped: number; failures: string[]; flaky: string[] }

/** What vitest's JSON reporter writes, as far as it is counted. */
export type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    /** A test that passed has messages where an earlier try of it failed. */
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[]
  }[]
}

/** A file that cannot be loaded and an error outside every test fail too, although no test of theirs did. */
export function countVitest(report: VitestReport, exitCode: number): Count {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.length,
  )
  const failed = report.numFailedTests + broken.length
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((one) => ({ ...one, title: `${name}: ${one.fullName}` })),
  )
  const failedTests = tests.filter((one) => one.status === 'failed')
  const flaky = tests.filter((one) => one.status === 'passed' && (one.failureMessages?.length ?? 0) > 0)
  const isOutside = failed === 0 && exitCode !== 0
  return {
    passed: report.numPassedTests,
    failed: isOutside ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...broken.map((file) => file.name),
      ...failedTests.map((one) => one.title),
      ...(isOutside ? ['an error outside every test'] : []),
    ],
    flaky: flaky.map((one) => one.title),
  }
}

type PlaywrightSuite = {
  suites?: PlaywrightSuite[]
  specs?: { file: string; title: string; ok: boolean; tests?: { status: string }[] }[]
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

function specsOf({ suites = [], specs = [] }: PlaywrightSuite, isMeant: (spec: Spec) => boolean): string[] {
  const own = specs.filter(isMeant).map((spec) => `${spec.file}: ${spec.title}`)
  return [...own, ...suites.flatMap((suite) => specsOf(suite, isMeant))]
}

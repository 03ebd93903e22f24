/** The tests of one file, as JUnit's XML has them. */
export type TestSuite = { name: string; tests: { name: string; failure: string | null }[] }

/** The XML that CI systems read test results from. */
export function junitOf(name: string, suites: TestSuite[]): string {
  const count = (some: TestSuite[]) => {
    const tests = some.flatMap((suite) => suite.tests)
    return `tests="${tests.length}" failures="${tests.filter(({ failure }) => failure !== null).length}" errors="0"`
  }
  const lines = suites.flatMap((suite) => [
    `  <testsuite name="${escape(suite.name)}" ${count([suite])}>`,
    ...suite.tests.map((test) => {
      const open = `    <testcase classname="${escape(suite.name)}" name="${escape(test.name)}"`
      if (test.failure === null) return `${open}/>`
      const [first = ''] = test.failure.split('\n')
      return `${open}><failure message="${escape(first)}">${escape(test.failure)}</failure></testcase>`
    }),
    '  </testsuite>',
  ])
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  return `${head}\n<testsuites name="${escape(name)}" ${count(suites)}>\n${lines.join('\n')}\n</testsuites>\n`
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** Text in an attribute or element; what XML 1.0 cannot hold becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\n]/g, (sign) => entities[sign] ?? sign)
}

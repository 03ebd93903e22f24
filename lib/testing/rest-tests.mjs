const elsewhere = [
  'examples/order-manager/resume.test.ts',
  'lib/process/drain.test.ts',
  'lib/http/fronts.test.ts',
]

/** Tests of the API over HTTP, as patterns: they run behind our own front and once more behind Next. */
export const restTests = ['app/api/**/*.test.ts', ...elsewhere]

/**
 * Whether a test is one of them.
 *
 * @param {string} file its path from the root
 */
export function isRestTest(file) {
  return file.startsWith('app/api/') || elsewhere.includes(file)
}

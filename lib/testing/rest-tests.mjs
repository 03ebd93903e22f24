/**
 * Tests that run behind our own front and once more behind Next, as patterns: one router serves the API in both, so
 * all else is tested behind our own alone.
 */
export const nextTests = ['lib/http/fronts.test.ts']

/**
 * Whether a test is one of them, and so needs the pages built.
 *
 * @param {string} file its path from the root
 */
export function isNextTest(file) {
  return nextTests.includes(file)
}

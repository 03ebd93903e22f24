import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testFiles } from './test-files'

const root = process.cwd()

/** Calls of `dynamic` in a source, each as its whole text. */
function lateParts(source: string): string[] {
  return [...source.matchAll(/\bdynamic\(/g)].map(({ index }) => {
    let depth = 0
    for (let at = index; at < source.length; at++) {
      if (source[at] === '(') depth++
      if (source[at] === ')' && --depth === 0) return source.slice(index, at + 1)
    }
    return source.slice(index)
  })
}

/** Without either, Next hides all of the page, and with it the focus, until the part has come. */
const keepsThePage = (call: string) => /\bloading:|\bssr: false\b/.test(call)

test('a part that comes late says what stands there meanwhile, so that the page stays', () => {
  const calls = testFiles(root, /\.tsx$/).flatMap((file) =>
    lateParts(readFileSync(join(root, file), 'utf8')).map((call) => ({ file, call })),
  )
  expect(calls.length).toBeGreaterThan(10)
  expect(calls.filter(({ call }) => !keepsThePage(call))).toEqual([])
  expect(keepsThePage("dynamic(() => import('./late'))")).toBe(false)
})

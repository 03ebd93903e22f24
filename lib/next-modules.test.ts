import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import asModule from './next-modules.mjs'

const next = join(process.cwd(), 'node_modules', 'next', 'dist')
const read = (path: string) => readFileSync(join(next, path), 'utf8')
const load = (path: string) => asModule.call({ resourcePath: join(next, path) }, read(path))

test('a file of Next is read as the module beside it, and stays where there is none', () => {
  expect(load('client/add-base-path.js')).toBe(read('esm/client/add-base-path.js'))
  expect(load('build/polyfills/polyfill-module.js')).toBe(read('build/polyfills/polyfill-module.js'))
})

test('what is only for where there is no window falls away', () => {
  const path = 'shared/lib/lazy-dynamic/preload-chunks.js'
  expect(read(`esm/${path}`)).toContain("if (typeof window !== 'undefined')")
  expect(load(path)).toContain("if ('object' !== 'undefined')")
  expect(asModule.call({ resourcePath: '' }, 'typeof window.ErrorEvent')).toBe('typeof window.ErrorEvent')
})

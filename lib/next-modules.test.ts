import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import asModule from './next-modules.mjs'

const next = join(process.cwd(), 'node_modules', 'next', 'dist')
const read = (path: string) => readFileSync(join(next, path), 'utf8')
const load = (path: string) => asModule.call({ resourcePath: join(next, path) }, read(path))

test('a file of Next is read as the module beside it, and stays where there is none', () => {
  expect(load('client/components/navigation.js')).toBe(read('esm/client/components/navigation.js'))
  expect(load('build/polyfills/polyfill-module.js')).toBe(read('build/polyfills/polyfill-module.js'))
})

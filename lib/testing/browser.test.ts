import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findBrowser, findQuickBrowser } from './browser'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-browser-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string): string {
  const file = join(folder, name)
  writeFileSync(file, '')
  chmodSync(file, 0o755)
  return file
}

function env(values: Record<string, string>): NodeJS.ProcessEnv {
  return { NODE_ENV: 'test', PATH: folder, ...values }
}

test('a wish comes first, and one that cannot be met is an error', () => {
  const [own, wanted] = [program('own'), program('wanted')]
  program('chromium')
  expect(findBrowser(env({ CHROMIUM_PATH: wanted }), own)).toBe(wanted)
  expect(() => findBrowser(env({ CHROMIUM_PATH: join(folder, 'nothing') }), own)).toThrow(/CHROMIUM_PATH is/)
})

test('then Playwright’s own, then the PATH in the order of names', () => {
  const [own, google, chromium] = [program('own'), program('google-chrome'), program('chromium')]
  expect(findBrowser(env({}), own)).toBe(own)
  expect(findBrowser(env({}), join(folder, 'nothing'))).toBe(chromium)
  rmSync(chromium)
  expect(findBrowser(env({ CHROMIUM_PATH: '' }), join(folder, 'nothing'))).toBe(google)
})

test('a quicker one takes the place of one on the PATH alone', () => {
  const [own, chromium, shell] = [program('own'), program('chromium'), program('chromium-headless-shell')]
  const nothing = join(folder, 'nothing')
  expect(findQuickBrowser(env({}), own)).toBe(own)
  expect(findQuickBrowser(env({}), nothing)).toBe(shell)
  expect(findQuickBrowser(env({ CHROMIUM_PATH: chromium }), nothing)).toBe(chromium)
  expect(findBrowser(env({}), nothing)).toBe(chromium)
  rmSync(shell)
  expect(findQuickBrowser(env({}), nothing)).toBe(chromium)
})

test('nothing is found where nothing is', () => {
  writeFileSync(join(folder, 'chromium'), 'not a program')
  expect(findBrowser(env({}), join(folder, 'nothing'))).toBeUndefined()
})

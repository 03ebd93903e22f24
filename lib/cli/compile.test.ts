import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compiled } from './compile.mjs'
import { root } from './install.mjs'

let folder: string
let made: number

beforeEach(() => {
  mkdirSync(join(root, '.data'), { recursive: true })
  folder = join('.data', basename(mkdtempSync(join(root, '.data', 'compile-'))))
  made = 0
  source('word.ts', `export const word: string = 'one'`)
  source(
    'main.ts',
    `import { word } from './word'\nexport const say = () => word + (function named() {}).name`,
  )
})

afterEach(() => rmSync(join(root, folder), { recursive: true }))

const source = (name: string, text: string) => writeFileSync(join(root, folder, name), text)

async function said(): Promise<string> {
  const address = await compiled(`${folder}/main.ts`, { folder, onWork: () => (made += 1) })
  const { say } = (await import(`${address}?${made}`)) as { say(): string }
  return say()
}

test('is made once, and anew after a change of anything that it is made of', async () => {
  expect(await said()).toBe('onenamed')
  expect(await said()).toBe('onenamed')
  expect(made).toBe(1)
  source('word.ts', `export const word: string = 'two'`)
  expect(await said()).toBe('twonamed')
  expect(made).toBe(2)
})

test('says what is wrong with a source, and leaves what was made before', async () => {
  await said()
  source('word.ts', 'export const word = ')
  await expect(said()).rejects.toThrow('word.ts:1:20')
  source('word.ts', `export const word: string = 'one'`)
  expect(await said()).toBe('onenamed')
  expect(made).toBe(2)
})

test('those who start at once make it once', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, said))
  expect(new Set(all)).toEqual(new Set(['onenamed']))
  expect(made).toBe(1)
})

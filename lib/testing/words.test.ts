import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testFiles } from './test-files'
import { straightIn, wordsIn } from './words'

const root = process.cwd()

/** What may hold words of its own, and why. It only gets shorter. */
const exceptions: [path: RegExp, why: string][] = [
  [/^components\/words\//, 'this is where they are'],
  [/^(components|app)\/dev\//, 'there while developing, or for the operator, and nowhere else'],
  [/^components\/early\//, 'scripts'],
  [/^components\/agents\/(complete-file|new-agent)\./, 'pieces of an agent’s file'],
  [/^components\/agents\/read-json-field\.ts/, 'takes the place of what a verb says'],
]

test('what people read is in components/words, so that another language can be given', () => {
  const files = testFiles(root, /\.tsx?$/).filter(
    (file) =>
      /^(app|components)\//.test(file) &&
      !/\.(test|e2e|d)\.tsx?$/.test(file) &&
      !exceptions.some(([path]) => path.test(file)),
  )
  expect(files.length).toBeGreaterThan(200)
  const said = files.flatMap((file) =>
    wordsIn(file, readFileSync(join(root, file), 'utf8')).map(({ line, text }) => `${file}:${line} ${text}`),
  )
  expect(said).toEqual([])
})

test('apostrophes and quotes of words are those of print', () => {
  const files = testFiles(root, /\.tsx?$/).filter((file) => file.startsWith('components/words/'))
  expect(files.length).toBeGreaterThan(100)
  const straight = files.flatMap((file) =>
    straightIn(file, readFileSync(join(root, file), 'utf8')).map(
      ({ line, text }) => `${file}:${line} ${text}`,
    ),
  )
  expect(straight).toEqual([])
})

test.each([
  ['in a text', `const a = "It's gone"`, 1],
  ['in a template', 'const a = (name: string) => `"${name}" is gone`', 1],
  ['in an element', `const a = <b>It's "gone"</b>`, 1],
  ['as an entity', 'const a = <b>It&apos;s gone</b>', 1],
  ['none of print', 'const a = "It’s “gone”"', 0],
  ['none of JSON', `const a = 'Such as {"amount": 2400}.'`, 0],
])('controls: straight ones are found %s', (_, source, count) => {
  expect(straightIn('a.tsx', source)).toHaveLength(count)
})

describe('controls: words are found', () => {
  test.each([
    ['of an element', '<p>Nothing waits</p>'],
    ['beside a value', '<p>{count} left</p>'],
    ['in lower case', '<span>rule</span>'],
    ['by a condition', "<p>{isOne ? 'line' : many}</p>"],
    ['where something holds', "<p>{isOver && 'over'}</p>"],
    ['in a template', '<p>{`${count} left`}</p>'],
    ['in an attribute', '<button aria-label="close" />'],
    ['in one by a condition', "<Field hint={isNew ? 'empty: as it is' : undefined} />"],
    ['in a table', "const looks = { pending: { word: 'waits' } }"],
    ['as a sentence', "const unanswered = 'The server did not answer.'"],
    ['as what is said', "toast('The key is revoked.')"],
    ['as a word', "const names = ['Approve', reject]"],
    ['of several words', "const by = 'here and by mail'"],
  ])('%s', (_, source) => {
    expect(wordsIn('a.tsx', source)).toHaveLength(1)
  })
})

describe('controls: nothing else is', () => {
  test.each([
    ['the table', '<p>{say.nothingWaits}</p>'],
    ['what is compared', "const isUp = key === 'Escape' || status !== 'Pending'"],
    ['a case', "switch (key) { case 'Enter': go() }"],
    ['an import', "import { a } from 'A word'"],
    ['a directive', "'use client'"],
    ['a type', "type Look = 'Quiet' | 'Loud and clear'"],
    ['classes', '<p className="flex truncate font-medium" />'],
    ['classes in a constant', "const look = 'min-w-0 truncate text-sm'"],
    ['a selector', "document.querySelector('main input')"],
    ['a key', '<Kbd>Esc</Kbd>'],
    ['a command', '<code>npm run admin</code>'],
    ['the product', '<a>Holdpoint</a>'],
    ['an error of ours', "throw new Error('Used outside of its provider.')"],
    ['punctuation', '<p>{a} · {b}</p>'],
  ])('%s', (_, source) => {
    expect(wordsIn('a.tsx', source)).toEqual([])
  })
})

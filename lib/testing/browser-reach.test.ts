import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findServerCode } from './browser-reach'

const root = fileURLToPath(new URL('../..', import.meta.url))

function readTree() {
  return ['app', 'components', 'db', 'lib'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(({ name }) => /\.tsx?$/.test(name) && !/\.(test|e2e)\./.test(name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

it('no browser loads secrets, settings or the database', () => {
  const sources = readTree()
  expect(sources.filter(({ text }) => text.startsWith("'use client'")).length).toBeGreaterThan(50)
  expect(findServerCode(sources)).toEqual([])
})

const client = (imports: string) => ({ path: 'components/x/row.tsx', text: `'use client'\n${imports}` })

it.each([
  ['outright', [client(`import { settings } from '@/lib/env'`)], 'components/x/row → lib/env'],
  [
    'by another file',
    [
      client(`import { read } from '@/lib/keys/read'`),
      { path: 'lib/keys/read.ts', text: `import { open } from '@/db/client'` },
    ],
    'components/x/row → lib/keys/read → db/client',
  ],
  ['as a package', [client(`import { createHash } from 'node:crypto'`)], 'components/x/row → node:crypto'],
  ['later on', [client(`await import('@/lib/tokens')`)], 'components/x/row → lib/tokens'],
])('finds server code taken in %s', (_, sources, way) => expect(findServerCode(sources)).toEqual([way]))

it.each([
  [
    'a type',
    [client(`import type { Settings } from '@/lib/env'\nimport { type A, type B } from '@/lib/env'`)],
  ],
  [
    'an action',
    [
      client(`import { act } from '@/app/x/actions'`),
      { path: 'app/x/actions.ts', text: `'use server'\nimport { settings } from '@/lib/env'` },
    ],
  ],
  ['a page', [{ path: 'app/page.tsx', text: `import { settings } from '@/lib/env'` }]],
])('leaves %s alone', (_, sources) => expect(findServerCode(sources)).toEqual([]))

import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findCrossings, importsOf, ringOf, type Source } from './architecture'

const root = fileURLToPath(new URL('../..', import.meta.url))

function readTree(): Source[] {
  const top = readdirSync(root).filter(
    (name) => /^[\w.-]+\.(ts|tsx|mjs)$/.test(name) && name !== 'next-env.d.ts',
  )
  const below = ['app', 'components', 'db', 'examples', 'lib'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')),
  )
  return [...top, ...below].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

test('the tree keeps its rings, names and actions', () => {
  const sources = readTree()
  expect(sources.length).toBeGreaterThan(100)
  expect(findCrossings(sources)).toEqual([])
})

test('the rings are those of the design', () => {
  const rings = {
    'lib/policy/gate.ts': 'pure',
    'lib/approvals/transition.ts': 'pure',
    'lib/errors.ts': 'pure',
    'lib/approvals/decide.ts': 'verbs',
    'db/queries/approvals.ts': 'verbs',
    'lib/http/route.ts': 'edges',
    'lib/env.ts': 'edges',
    'proxy.ts': 'edges',
    'app/page.tsx': 'edges',
    'lib/client/gate.ts': 'client',
    'lib/command/main.ts': 'command',
    'examples/order-manager/main.ts': 'examples',
    'lib/policy/gate.test.ts': 'exempt',
    'lib/testing/database.ts': 'exempt',
  }
  for (const [path, ring] of Object.entries(rings)) expect([path, ringOf(path)]).toEqual([path, ring])
})

test('imports of every kind are seen, and comments are not', () => {
  const text = `import type { A } from 'a'
import b, { type C } from "b"
import {
  d,
} from 'd'
import 'e'
export * from 'f'
export type { G } from 'g'
const h = await import('h')
const i = require('i')
/** import x from 'not-this' */
// import y from 'nor-this'
export type J = string
`
  const seen = importsOf(text)
  expect(seen.map((found) => found.from).sort()).toEqual(['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i'])
  expect(seen.filter((found) => found.typeOnly).map((found) => found.from)).toEqual(['a', 'g'])
  expect(seen.filter((found) => found.reExport).map((found) => found.from)).toEqual(['f', 'g'])
})

describe('controls: each crossing is found', () => {
  const crossings: [string, string, string, RegExp][] = [
    [
      'a rule that knows the database',
      'lib/policy/gate.ts',
      `import { db } from '@/db/client'`,
      /imports only itself/,
    ],
    [
      'a rule that knows a verb',
      'lib/approvals/transition.ts',
      `import { decide } from './decide'`,
      /imports only itself/,
    ],
    ['a type counts too', 'lib/errors.ts', `import type { Settings } from './env'`, /imports only itself/],
    [
      'a rule with a foreign package',
      'lib/json/strict.ts',
      `import fs from 'node:fs'`,
      /not a package for the pure/,
    ],
    ['a rule with a clock', 'lib/policy/gate.ts', `const now = Date.now()`, /reads the clock/],
    ['a rule with a network', 'lib/untrusted/show.ts', `await fetch('/')`, /is not pure/],
    [
      'a verb that knows Next',
      'lib/approvals/decide.ts',
      `import { after } from 'next/server'`,
      /know no page/,
    ],
    ['a verb that knows React', 'lib/runs/start.ts', `import { cache } from 'react'`, /know no page/],
    [
      'a mail template is no verb of pages',
      'lib/notices/mail.tsx',
      `import { useRouter } from 'next/navigation'`,
      /know no page/,
    ],
    [
      'a verb that knows a page',
      'lib/runs/start.ts',
      `import { Row } from '@/components/runs/row'`,
      /know no edge/,
    ],
    [
      'a verb that knows the settings',
      'db/queries/runs.ts',
      `import { settings } from '@/lib/env'`,
      /know no edge/,
    ],
    [
      'a verb that reaches out dynamically',
      'lib/keys/read.ts',
      `await import('@/lib/sign-in/session')`,
      /know no edge/,
    ],
    [
      'a verb that reads the environment',
      'lib/jobs/add.ts',
      `const url = process.env.DATABASE_URL`,
      /reads the environment/,
    ],
    ['a verb with a clock', 'lib/approvals/ask.ts', `const at = new Date()`, /reads the clock/],
    ['a page with SQL', 'app/[project]/runs/page.tsx', `import { sql } from 'drizzle-orm'`, /hold no SQL/],
    [
      'a process that knows the SDK of traces',
      'lib/process/background.ts',
      `await import('@opentelemetry/sdk-trace-node')`,
      /the API alone/,
    ],
    ['a route with SQL', 'lib/http/route.ts', `import { eq } from 'drizzle-orm'`, /hold no SQL/],
    ['a process with SQL', 'lib/process/background.ts', `import postgres from 'postgres'`, /hold no SQL/],
    [
      'a page that reads the database',
      'app/[project]/audit/page.tsx',
      `import { listAudit } from '@/db/queries/audit'`,
      /nobody knows db/,
    ],
    [
      'a component that knows a table',
      'components/runs/row.tsx',
      `import type { runs } from '@/db/schema/runs'`,
      /nobody knows db/,
    ],
    [
      'a component that knows the process',
      'components/runs/row.tsx',
      `import { logError } from '@/lib/process/log'`,
      /know no server/,
    ],
    [
      'a component that knows a page',
      'components/runs/row.tsx',
      `import { Layout } from '@/app/[project]/layout'`,
      /know no page/,
    ],
    [
      'a component that takes an action itself',
      'components/runs/row.tsx',
      `import { decide } from '@/app/[project]/approvals/actions'`,
      /hands them its actions/,
    ],
    [
      'an action that knows a component',
      'app/[project]/runs/actions.ts',
      `import { RunInput } from '@/components/runs/input'`,
      /knows no component/,
    ],
    [
      'a server that knows a page',
      'lib/http/front.ts',
      `import { POST } from '@/app/api/approvals/route'`,
      /nothing below knows a page/,
    ],
    [
      'a process that knows the command line',
      'lib/process/background.ts',
      `import { root } from '@/lib/cli/install.mjs'`,
      /nobody knows the command line/,
    ],
    [
      'a verb that starts a database',
      'lib/runs/start.ts',
      `import { startEmbedded } from '@/lib/embedded/embedded'`,
      /for the commands that start it/,
    ],
    ['a component with SQL', 'components/runs/row.tsx', `import postgres from 'postgres'`, /hold no SQL/],
    [
      'a page with test code',
      'app/page.tsx',
      `import { createTestDatabase } from '@/lib/testing/database'`,
      /is for tests/,
    ],
    [
      'an agent with our code',
      'lib/client/gate.ts',
      `import { digest } from '../json/canonical'`,
      /nothing of ours/,
    ],
    [
      'a client with a type of ours',
      'lib/client/gate.ts',
      `import type { Approval } from '@/lib/approvals/schemas'`,
      /nothing of ours/,
    ],
    [
      'a client of Node alone',
      'lib/client/http.ts',
      `import { request } from 'node:http'`,
      /runs everywhere/,
    ],
    ['a client with a package', 'lib/client/json.ts', `import { z } from 'zod'`, /depends on nothing/],
    [
      'a server that is its own agent',
      'lib/process/background.ts',
      `import { holdpoint } from '@/lib/client/holdpoint.ts'`,
      /knows no agent/,
    ],
    [
      'a server that is its own command',
      'lib/process/background.ts',
      `import { main } from '@/lib/command/main'`,
      /knows no agent/,
    ],
    [
      'a command with a verb',
      'lib/command/check.ts',
      `import { checkCallVerb } from '@/lib/agents/check'`,
      /installed without the server/,
    ],
    [
      'a tool of the MCP server with a verb',
      'lib/mcp/agent-tools.ts',
      `import { askVerb } from '@/lib/approvals/ask'`,
      /the command serves these tools, too/,
    ],
    [
      'a command with the settings',
      'lib/command/login.ts',
      `import type { Settings } from '@/lib/env'`,
      /installed without the server/,
    ],
    [
      'an example with our code',
      'examples/a/main.ts',
      `import { ask } from '@/lib/approvals/ask'`,
      /the API alone/,
    ],
    ['a name that says nothing', 'lib/utils.ts', '', /“utils” says nothing/],
    ['a folder that says nothing', 'components/common/row.tsx', '', /“common” says nothing/],
    ['a part that says nothing', 'lib/runs/run-manager.ts', '', /“manager” says nothing/],
    ['a barrel', 'lib/runs/index.ts', `export { start } from './start'\nconst x = 1`, /is a barrel/],
    [
      'a barrel by another name',
      'lib/runs/all.ts',
      `export * from './start'\nexport * from './finish'`,
      /is a barrel/,
    ],
    [
      'an open action',
      'app/x/actions.ts',
      `'use server'\nexport async function erase() {}`,
      /exports erase to everybody/,
    ],
    [
      'an action in a wrapper of its own',
      'app/x/actions.ts',
      `'use server'\nexport const erase = wrap(1)`,
      /exports erase/,
    ],
    [
      'an action by default',
      'app/x/actions.ts',
      `'use server'\nexport default async () => {}`,
      /to everybody/,
    ],
    [
      'an action handed on',
      'app/x/actions.ts',
      `'use server'\nexport { erase } from './erase'`,
      /to everybody/,
    ],
    [
      'an action inside a page',
      'app/x/page.tsx',
      `export default function P() {\n  'use server'\n}`,
      /inside a function/,
    ],
  ]
  test.each(crossings)('%s', (_, path, text, wrong) => {
    const found = findCrossings([{ path, text }])
    expect(found.join('\n')).toMatch(wrong)
  })
})

describe('controls: what is allowed is left alone', () => {
  const fine: [string, string][] = [
    ['lib/policy/parse.ts', `import { parseDocument } from 'yaml'\nimport { AppError } from '../errors'`],
    [
      'lib/approvals/decide.ts',
      `import { eq } from 'drizzle-orm'\nimport { transition } from './transition'`,
    ],
    ['lib/notices/templates/mail.tsx', `import { Fragment } from 'react'`],
    [
      'lib/sign-in/session.ts',
      `import { cookies } from 'next/headers'\nimport { settings } from '@/lib/env'`,
    ],
    ['lib/client/gate.ts', `import type { Approval } from './types.ts'`],
    ['lib/client/adapters/langchain.ts', `import { createMiddleware } from 'langchain'`],
    [
      'lib/command/check.ts',
      `import { gate } from '@/lib/policy/gate'\nimport { Http } from '@/lib/client/http'`,
    ],
    ['lib/cli/start.ts', `import { startEmbedded } from '@/lib/embedded/embedded'`],
    [
      'lib/runs/start.ts',
      `import { x } from './x'\nexport type { Run } from './wire'\nexport const start = 1`,
    ],
    ['lib/policy/gate.test.ts', `import { db } from '@/db/client'\nDate.now()`],
    [
      'app/[project]/x/actions.ts',
      `'use server'\nimport { memberAction } from '@/lib/sign-in/action'\nexport const act = memberAction(\n  {}, verb)\nexport type T = 1`,
    ],
    ['app/sign-in/actions.ts', `'use server'\nexport async function requestLink() {}`],
  ]
  test.each(fine)('%s', (path, text) => {
    expect(findCrossings([{ path, text }])).toEqual([])
  })
})

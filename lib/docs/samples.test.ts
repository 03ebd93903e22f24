import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { samplesOf } from '@/lib/testing/docs-samples'
import { allPages } from './contents'

const root = process.cwd()
const samples = allPages.flatMap(({ file }) => samplesOf(file))
/** Some only show a shape, with an ellipsis in their code. */
const isWhole = (text: string) => !text.replaceAll(/\/\/.*$/gm, '').includes('…')
const inTypeScript = samples.filter(({ language, text }) => language === 'ts' && isWhole(text))
const inPython = samples.filter(({ language }) => language === 'python')

/** What the samples leave to their reader. Of the client they have the real types, of frameworks none. */
const around = `
import type { Run } from '@holdpoint/client'
declare global {
  const run: Run
  const ticket: { id: string; text: string }, task: typeof ticket, user: { email: string }, call: { id: string; params: object }
  const callId: string, threadId: string, conversationId: string, params: object, draft: object, toolCallId: string | undefined
  const model: any, agent: any, runAgent: any, checkpointer: any, payments: any, refundSchema: any, tool: any, interrupt: any
  const processRefund: any, cancelOrder: any, lookupOrder: any, messages: any, answer: any, sendEmail: any, createAgent: any, gated: any, settle: any, approvalRequest: any
  function refund(params: object, options?: object): Promise<unknown>
  function findRefund(by: object): Promise<unknown>
  type State = { refund: object; callId: string }
}
`
const frameworks = `
declare module 'ai' {
  export type ModelMessage = any
  export const generateText: any, stepCountIs: any
}
declare module '@openai/agents'
declare module 'langchain'
declare module '@langchain/langgraph'
declare module '@mastra/core/agent'
declare module '@anthropic-ai/claude-agent-sdk'
`
const config = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['dom', 'dom.iterable', 'ES2023'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    paths: {
      '@holdpoint/client': [join(root, 'lib/client/holdpoint.ts')],
      '@holdpoint/client/*': [join(root, 'lib/client/adapters/*.ts')],
    },
  },
  include: ['*.ts'],
}

/** A sample as the body of a function, so that it may end early and name what another sample names. */
function asModule(text: string): string {
  const imports = [...text.matchAll(/^import .*$/gm)].map(([line]) => line)
  const body = text.replaceAll(/^import .*$/gm, '').replaceAll(/^export /gm, '')
  return `${imports.join('\n')}\nexport async function sample() {\n${body}\n}\n`
}

describe('samples in TypeScript', () => {
  const folder = mkdtempSync(join(root, 'node_modules/.docs-samples-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let said = ''

  beforeAll(() => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'around.ts'), around)
    writeFileSync(join(folder, 'frameworks.d.ts'), frameworks)
    inTypeScript.forEach(({ text }, i) => writeFileSync(join(folder, `sample-${i}.ts`), asModule(text)))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    said = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' }).stdout
  })

  test('there are some', () => expect(inTypeScript.length).toBeGreaterThan(3))

  test.each(inTypeScript.map((sample, i) => ({ ...sample, i })))(
    '$file: $i agrees with the client',
    ({ i }) => {
      expect(said.split('\n').filter((line) => line.startsWith(`sample-${i}.ts`))).toEqual([])
    },
  )

  test('nothing else was said', () => {
    expect(said.split('\n').filter((line) => line !== '' && !/^(sample-|\s)/.test(line))).toEqual([])
  })
})

const python = spawnSync('python3', ['--version']).status === 0

describe.skipIf(!python)('samples in Python', () => {
  test.each(inPython)('of $file can be parsed', ({ text }) => {
    const { stderr } = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
      input: text,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
  })
})

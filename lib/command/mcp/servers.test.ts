import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { keepBook } from '@/lib/testing/book'
import { loadClients, place, useDesk } from '@/lib/testing/mcp/harness'

/* oxlint-disable typescript/no-explicit-any -- the client is installed apart, without its types here */

const at = useDesk()
const note = keepBook()
const folder = mkdtempSync(join(tmpdir(), 'holdpoint-servers-'))
let kit: any
beforeAll(async () => {
  kit = (await loadClients()).newer
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = (name: string) => join(place, 'node_modules/@modelcontextprotocol', name, 'dist/index.js')
/** The official servers, as they come from npm. */
const servers: Record<string, string[]> = {
  files: [process.execPath, program('server-filesystem'), folder],
  everything: [process.execPath, program('server-everything')],
}

/** The official client of an official server, through the proxy. */
async function connect(name: string) {
  const client = new kit.Client({ name: 'official', version: '1' })
  const start = at.desk.proxy(servers[name]!, { args: ['--name', name] })
  await client.connect(new kit.StdioClientTransport({ ...start, stderr: 'ignore' }))
  return client
}

const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']

describe.concurrent('the official server', () => {
  test.for(Object.keys(servers))(
    '%s lists through the proxy what it lists without, byte for byte',
    async (name, { expect }) => {
      const [command = '', ...args] = servers[name]!
      const direct = at.lines({ command, args, env: { PATH: process.env.PATH ?? '' } })
      const through = at.lines(at.desk.proxy(servers[name]!, { args: ['--name', name] }))
      for (const one of [direct, through]) {
        await one.initialize()
        for (const method of lists) one.send({ id: method, method })
      }
      let listed = 0
      for (const method of ['init', ...lists]) {
        const answer = await direct.answer(method)
        expect(await through.answer(method)).toBe(answer)
        listed += answer.length
      }
      note({ server: name, listed: `${listed} characters, alike` })
    },
  )

  test('files: free tools run; write_file is held, and writes only what was approved in time', async ({
    expect,
  }) => {
    const client = await connect('files')
    writeFileSync(join(folder, 'there.txt'), 'there')
    const call = (name: string, args: object) => client.callTool({ name, arguments: args })
    const read = await call('read_text_file', { path: join(folder, 'there.txt') })
    expect(read.content).toEqual([{ type: 'text', text: 'there' }])
    const listed = await call('list_directory', { path: folder })
    expect(listed.content[0].text).toContain('there.txt')

    const told: Record<string, string> = {}
    for (const outcome of ['approved', 'rejected', 'expired']) {
      const path = join(folder, `${outcome}.txt`)
      const writing = call('write_file', { path, content: outcome })
      const [approval] = await at.held(({ params }) => params.path === path)
      expect(approval?.tool).toBe('files/write_file')
      expect(existsSync(path)).toBe(false)
      if (outcome === 'approved') await at.desk.decide(approval!.id, 'approve')
      if (outcome === 'rejected') await at.desk.decide(approval!.id, 'reject', 'Not there.')
      if (outcome === 'expired') await at.desk.expire(approval!.id)
      const { isError, content } = await writing
      expect([outcome, isError ?? false]).toEqual([outcome, outcome !== 'approved'])
      expect(existsSync(path)).toBe(outcome === 'approved')
      told[outcome] = content[0].text
    }
    expect(readFileSync(join(folder, 'approved.txt'), 'utf8')).toBe('approved')
    expect(told.rejected).toContain('Not there.')
    expect(told.expired).toMatch(/expired|nobody decided/i)
    note({ server: 'files', told })
    await client.close()
  }, 90_000)

  test('everything: echo runs; get-sum is held, and adds only when it is approved', async ({ expect }) => {
    const client = await connect('everything')
    const call = (name: string, args: object) => client.callTool({ name, arguments: args })
    expect((await call('echo', { message: 'hello' })).content[0].text).toContain('hello')
    const adding = [call('get-sum', { a: 2, b: 40 }), call('get-sum', { a: 2, b: 41 })]
    const sums = await at.held(({ tool }) => tool === 'everything/get-sum', { count: 2 })
    for (const { id, params } of sums)
      await at.desk.decide(id, params.b === 40 ? 'approve' : 'reject', 'No more sums.')
    const [sum, none] = await Promise.all(adding)
    expect(sum.content[0].text).toContain('42')
    expect(none.isError).toBe(true)
    expect(none.content[0].text).toContain('No more sums.')
    const { prompts } = await client.listPrompts()
    const { resources } = await client.listResources()
    expect([prompts.length > 0, resources.length > 0]).toEqual([true, true])
    await client.close()
  }, 90_000)
})

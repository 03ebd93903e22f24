import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepBook } from '@/lib/testing/book'
import { codingAgents } from '@/lib/testing/coding-agents'
import { place, useDesk } from '@/lib/testing/mcp/harness'
import { startScriptedModel } from '@/lib/testing/scripted-model'

/** Claude Code itself as an MCP client that knows nothing of the proxy, set up by the lines of the guide as they stand. */
const claude = codingAgents['claude-code']
const at = useDesk()
const note = keepBook()
const lines = [
  ...readFileSync('docs/guides/mcp.md', 'utf8').matchAll(/^```sh\n(claude mcp add [^`]+)```$/gm),
].map(([, line = '']) => line)

test('calls of Claude Code to the file server wait at the proxy: what is approved runs, and what is too late does not', async (context) => {
  if (!claude) return context.skip(`npm has no Claude Code for ${process.platform} ${process.arch}`)
  expect(lines).toHaveLength(2)
  const home = mkdtempSync(join(at.desk.folder, 'claude-'))
  const [bin, files] = [join(home, 'bin'), join(home, 'files')]
  for (const folder of [bin, files]) mkdirSync(folder)
  symlinkSync(claude, join(bin, 'claude'))
  const model = await startScriptedModel([
    { id: 'toolu_free', name: 'mcp__files__list_allowed_directories', input: {} },
    {
      id: 'toolu_held',
      name: 'mcp__files__write_file',
      input: { path: join(files, 'a.txt'), content: 'approved' },
    },
    { id: 'toolu_late', name: 'mcp__files__create_directory', input: { path: join(files, 'late') } },
  ])
  const env = {
    PATH: `${bin}:${at.desk.bin}:${process.env.PATH ?? ''}`,
    HOME: home,
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'none-is-needed',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ENABLE_TOOL_SEARCH: 'false',
    // it goes on without servers that are slow to start, as they are on a busy machine
    MCP_TIMEOUT: '120000',
    MCP_CONNECT_TIMEOUT_MS: '120000',
    MCP_CONNECTION_NONBLOCKING: '0',
  } as unknown as NodeJS.ProcessEnv
  const server = `${process.execPath} ${join(place, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js')}`
  for (const line of lines) {
    const here = line
      .replace('https://holdpoint.example.com/api/mcp', `${at.rest.url}/api/mcp`)
      .replace('https://holdpoint.example.com', at.rest.url)
      .replace('hpa_…', at.desk.token)
      .replace('hpu_…', at.desk.reviewer.token)
      .replace('--agent desk', '--agent desk-continue')
      .replace('npx -y @modelcontextprotocol/server-filesystem /srv/files', `${server} ${files}`)
    execFileSync('sh', ['-ec', here], { env, cwd: home, stdio: 'pipe' })
  }
  const tools = ['write_file', 'create_directory', 'list_allowed_directories']
    .map((name) => `mcp__files__${name}`)
    .join()
  const child = spawn('claude', ['-p', 'Go on.', '--model', 'scripted', '--allowedTools', tools], {
    env,
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  const ended = once(child, 'close')
  const held = async (name: string) => {
    const [approval] = await Promise.race([
      at.held(({ tool }) => tool === `files/${name}`),
      ended.then(([code]) => Promise.reject(new Error(`Claude Code ended with ${String(code)}: ${said}`))),
    ])
    return approval!
  }
  const writing = await held('write_file')
  expect(readdirSync(files)).toEqual([])
  expect(writing.metadata.client).toContain('claude-code')
  await at.desk.decide(writing.id, 'approve')
  const making = await held('create_directory')
  const [code] = (await ended) as [number]
  model.close()
  expect([code, code === 0 ? '' : said]).toEqual([0, ''])
  // the deadline of the policy passed for the other
  const [late] = await at.held(({ id }) => id === making.id, { status: 'expired' })
  expect(late!.claimed_at).toBeNull()
  const told = model.heard.at(-1)
  expect(told).toContain('files/create_directory was not run: nobody decided before the deadline')
  expect(told).not.toMatch(/reject/i)
  expect(readdirSync(files)).toEqual(['a.txt'])
  expect(readFileSync(join(files, 'a.txt'), 'utf8')).toBe('approved')
  note({ client: late!.metadata.client, ran: readdirSync(files), heard: model.heard })
}, 180_000)

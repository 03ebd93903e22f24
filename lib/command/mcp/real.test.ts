import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codingAgents } from '@/lib/testing/coding-agents'
import { place, useDesk } from '@/lib/testing/mcp/harness'
import { startScriptedModel } from '@/lib/testing/scripted-model'

/** Claude Code itself as an MCP client that knows nothing of the proxy, set up by the lines of the guide as they stand. */
const claude = codingAgents['claude-code']
const at = useDesk()
const lines = [
  ...readFileSync('docs/guides/mcp.md', 'utf8').matchAll(/^```sh\n(claude mcp add [^`]+)```$/gm),
].map(([, line = '']) => line)

test.skipIf(!claude)(
  'a call of Claude Code to the file server waits at the proxy, and runs once it is approved',
  async () => {
    expect(lines).toHaveLength(2)
    const home = join(at.desk.folder, 'claude')
    const [bin, files] = [join(home, 'bin'), join(home, 'files')]
    for (const folder of [home, bin, files]) mkdirSync(folder)
    symlinkSync(claude!, join(bin, 'claude'))
    writeFileSync(join(bin, 'holdpoint'), `#!/bin/sh\nexec '${process.execPath}' '${at.desk.program}' "$@"\n`)
    chmodSync(join(bin, 'holdpoint'), 0o755)
    const model = await startScriptedModel([
      { id: 'toolu_free', name: 'mcp__files__list_allowed_directories', input: {} },
      {
        id: 'toolu_held',
        name: 'mcp__files__write_file',
        input: { path: join(files, 'a.txt'), content: 'approved' },
      },
    ])
    const env = {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: home,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'none-is-needed',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ENABLE_TOOL_SEARCH: 'false',
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
    const tools = 'mcp__files__write_file,mcp__files__list_allowed_directories'
    const child = spawn('claude', ['-p', 'Go on.', '--model', 'scripted', '--allowedTools', tools], {
      env,
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += String(chunk)))
    const ended = once(child, 'close')
    const [approval] = await Promise.race([
      at.held(({ tool }) => tool === 'files/write_file'),
      ended.then(([code]) => Promise.reject(new Error(`Claude Code ended with ${String(code)}: ${said}`))),
    ])
    expect(existsSync(join(files, 'a.txt'))).toBe(false)
    expect(approval?.metadata.client).toContain('claude-code')
    await at.desk.decide(approval!.id, 'approve')
    const [code] = (await ended) as [number]
    model.close()
    expect([code, code === 0 ? '' : said]).toEqual([0, ''])
    expect(readFileSync(join(files, 'a.txt'), 'utf8')).toBe('approved')
  },
  180_000,
)

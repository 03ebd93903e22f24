import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSdkMcpServer, query, tool } from '@anthropic-ai/claude-agent-sdk'
import { holdpoint } from '@holdpoint/client'
import { hooks } from '@holdpoint/client/claude'
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { startModel } from './model.mjs'

const processRefund = tool(
  'process_refund',
  'Pays an order back.',
  { order_id: z.string(), amount: z.number() },
  async (input) => ({ content: [{ type: 'text', text: desk.refund(input) }] }),
)

try {
  const onEvent = ({ type }) => type === 'held' && desk.sayParked()
  const run = await holdpoint({ onEvent }).run({ agent: desk.agent, id: desk.runId })
  const conversation = query({
    prompt: desk.task,
    options: {
      hooks: hooks(run),
      mcpServers: { desk: createSdkMcpServer({ name: 'desk', tools: [processRefund], alwaysLoad: true }) },
      allowedTools: ['mcp__desk__process_refund'],
      model: 'scripted',
      settingSources: [],
      env: {
        ...process.env,
        ANTHROPIC_BASE_URL: await startModel(),
        ANTHROPIC_API_KEY: 'none-is-needed',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'holdpoint-claude-')),
      },
    },
  })
  for await (const message of conversation) {
    if (message.type === 'result') desk.say(message.result ?? message.errors)
  }
  if (run.signal.aborted) throw run.signal.reason
  await run.complete()
} catch (error) {
  desk.end(error)
}

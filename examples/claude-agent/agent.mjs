import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSdkMcpServer, query, tool } from '@anthropic-ai/claude-agent-sdk'
// #region gate
import { holdpoint } from '@holdpoint/client'
import { hooks } from '@holdpoint/client/claude'
// #endregion
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
  // #region gate
  const run = await holdpoint({ onEvent }).run({ agent: desk.agent, id: desk.runId })
  // #endregion
  const conversation = query({
    prompt: desk.task,
    options: {
      // #region gate
      hooks: hooks(run),
      // #endregion
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
  // #region gate
  if (run.signal.aborted) throw run.signal.reason
  // #endregion
  // #region gate
  await run.complete()
  // #endregion
} catch (error) {
  desk.end(error)
}

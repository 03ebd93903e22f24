// What a user of each framework writes, checked against the framework's own types; it is never run.
import { Agent, Runner, tool as oaTool } from '@openai/agents'
import { holdpoint } from '@holdpoint/client'
import { held, settle } from '@holdpoint/client/openai-agents'
import { answer, gateTools, toolApproval } from '@holdpoint/client/ai'
import { hooks } from '@holdpoint/client/claude'
import { holdpointMiddleware, keptInRun } from '@holdpoint/client/langchain'
import { gated } from '@holdpoint/client/mastra'
import { wrapAll } from '@holdpoint/client/tools'
import { generateText, tool, type ModelMessage } from 'ai'
import { generateText as generateText6, tool as tool6, type ModelMessage as ModelMessage6 } from 'ai-6'
import { createAgent, tool as lcTool } from 'langchain'
import { MemorySaver } from '@langchain/langgraph'
import { query } from '@anthropic-ai/claude-agent-sdk'
import { createTool } from '@mastra/core/tools'
import { Agent as MastraAgent } from '@mastra/core/agent'
import { z } from 'zod'

const schema = z.object({ order_id: z.string(), amount: z.number() })
const run = await holdpoint().run({ agent: 'a', id: 'r' })
const refund = oaTool({
  name: 'refund',
  description: 'd',
  parameters: schema,
  execute: ({ amount }) => `${amount}`,
})
const agent = new Agent({ name: 'a', tools: [held(run, refund)] })
const result = await new Runner().run(agent, 'x')
const open: { id: string }[] = await settle(run, result.state)

const messages: ModelMessage[] = []
const { message } = await answer(run, messages)
if (message) messages.push(message)
const tools = gateTools(run, {
  refund: tool({ description: 'd', inputSchema: schema, execute: async ({ amount }) => amount }),
})
await generateText({ model: 'x', tools, toolApproval: toolApproval(run), messages })
const messages6: ModelMessage6[] = []
const six = await answer(run, messages6)
if (six.message) messages6.push(six.message)
await generateText6({
  model: 'x',
  tools: gateTools(run, {
    refund: tool6({ description: 'd', inputSchema: schema, execute: async ({ amount }) => amount }),
  }),
  messages: messages6,
})

createAgent({
  model: 'x',
  tools: [lcTool(({ amount }: { amount: number }) => `${amount}`, { name: 'refund', schema })],
  middleware: [holdpointMiddleware(run, { mode: 'park' })],
  checkpointer: await keptInRun(run, new MemorySaver()),
})

const mastraTool = createTool({
  id: 'refund',
  description: 'd',
  inputSchema: schema,
  execute: async ({ amount }) => `${amount}`,
})
new MastraAgent({
  id: 'a',
  name: 'a',
  instructions: 'i',
  model: 'openai/gpt-5',
  tools: { refund: gated(run, mastraTool) },
})

query({ prompt: 'x', options: { hooks: hooks(run) } })

const own = wrapAll(run, { refund: async ({ amount }: { amount: number }) => amount })
const refunded: number | string = await own.refund({ amount: 1 }, 'call_1', 3)
console.log(open, refunded)

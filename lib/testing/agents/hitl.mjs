// LangChain's humanInTheLoopMiddleware beside Holdpoint's: somebody edits the call and lets it through.
import { Command, MemorySaver } from '@langchain/langgraph'
import { holdpoint } from '@holdpoint/client'
import { holdpointMiddleware } from '@holdpoint/client/langchain'
import { createAgent, humanInTheLoopMiddleware, tool } from 'langchain'
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { ScriptedModel } from './model.mjs'

desk.calls.splice(0, 4, desk.calls[1])
const processRefund = tool(desk.refund, {
  name: 'process_refund',
  description: 'Pays an order back.',
  schema: z.object({ order_id: z.string(), amount: z.number() }),
})
const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
const agent = createAgent({
  model: new ScriptedModel({}),
  tools: [processRefund],
  middleware: [humanInTheLoopMiddleware({ interruptOn: { process_refund: true } }), holdpointMiddleware(run)],
  checkpointer: new MemorySaver(),
})
const thread = { configurable: { thread_id: desk.runId } }
const { __interrupt__ } = await agent.invoke({ messages: [{ role: 'user', content: desk.task }] }, thread)
const [{ name, args }] = __interrupt__[0].value.actionRequests
const editedAction = { name, args: { ...args, amount: args.amount + 100 } }
const { messages } = await agent.invoke(
  new Command({ resume: { decisions: [{ type: 'edit', editedAction }] } }),
  thread,
)
desk.say(messages.at(-1).content)
await run.complete()

import { Command, MemorySaver } from '@langchain/langgraph'
import { holdpoint } from '@holdpoint/client'
import { holdpointMiddleware, keptInRun } from '@holdpoint/client/langchain'
import { createAgent, tool } from 'langchain'
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { ScriptedModel } from './model.mjs'

const processRefund = tool(desk.refund, {
  name: 'process_refund',
  description: 'Pays an order back.',
  schema: z.object({ order_id: z.string(), amount: z.number() }),
})

try {
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  const agent = createAgent({
    model: new ScriptedModel({}),
    tools: [processRefund],
    middleware: [holdpointMiddleware(run, { mode: 'park' })],
    checkpointer: await keptInRun(run, new MemorySaver()),
  })
  const thread = { configurable: { thread_id: desk.runId } }
  const { tasks } = await agent.graph.getState(thread)
  let held = tasks.flatMap((task) => task.interrupts ?? [])
  let input = { messages: [{ role: 'user', content: desk.task }] }
  for (let isBegun = tasks.length > 0; ; isBegun = true) {
    if (isBegun) input = new Command({ resume: Object.fromEntries(held.map(({ id }) => [id, 'wait'])) })
    const { messages, __interrupt__ } = await agent.invoke(input, thread)
    if (!__interrupt__) {
      desk.say(messages.at(-1).content)
      break
    }
    held = __interrupt__
    desk.sayParked()
  }
  await run.complete()
} catch (error) {
  desk.end(error)
}

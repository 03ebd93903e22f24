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
  const begun = tasks.length > 0
  if (!begun) {
    const paused = await agent.invoke({ messages: [{ role: 'user', content: desk.task }] }, thread)
    held = paused.__interrupt__ ?? []
  }
  if (held.length > 0 && !begun) desk.sayParked()
  const resume = Object.fromEntries(held.map(({ id }) => [id, 'wait']))
  const { messages } = await agent.invoke(new Command({ resume }), thread)
  desk.say(messages.at(-1).content)
  await run.complete()
} catch (error) {
  desk.end(error)
}

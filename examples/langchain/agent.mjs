import { Command, MemorySaver } from '@langchain/langgraph'
// #region gate
import { holdpoint } from '@holdpoint/client'
import { holdpointMiddleware, keptInRun } from '@holdpoint/client/langchain'
// #endregion
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
  // #region gate
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  // #endregion
  const agent = createAgent({
    model: new ScriptedModel({}),
    tools: [processRefund],
    // #region gate
    middleware: [holdpointMiddleware(run, { mode: 'park' })],
    // #endregion
    // #region park
    checkpointer: await keptInRun(run, new MemorySaver()),
    // #endregion
  })
  // #region park
  const thread = { configurable: { thread_id: desk.runId } }
  const { tasks } = await agent.graph.getState(thread)
  let held = tasks.flatMap((task) => task.interrupts ?? [])
  // #endregion
  let input = { messages: [{ role: 'user', content: desk.task }] }
  for (let isBegun = tasks.length > 0; ; isBegun = true) {
    // #region park
    if (isBegun) input = new Command({ resume: Object.fromEntries(held.map(({ id }) => [id, 'wait'])) })
    // #endregion
    const { messages, __interrupt__ } = await agent.invoke(input, thread)
    if (!__interrupt__) {
      desk.say(messages.at(-1).content)
      break
    }
    // #region park
    held = __interrupt__
    // #endregion
    desk.sayParked()
  }
  // #region gate
  await run.complete()
  // #endregion
} catch (error) {
  desk.end(error)
}

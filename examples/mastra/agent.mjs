import { Agent } from '@mastra/core/agent'
import { Mastra } from '@mastra/core/mastra'
import { InMemoryStore } from '@mastra/core/storage'
import { createTool } from '@mastra/core/tools'
// #region gate
import { holdpoint } from '@holdpoint/client'
import { gated } from '@holdpoint/client/mastra'
// #endregion
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { keptInRun } from './storage.mjs'
import { scriptedModel } from './model.mjs'

const processRefund = createTool({
  id: 'process_refund',
  description: 'Pays an order back.',
  inputSchema: z.object({ order_id: z.string(), amount: z.number() }),
  execute: async (input) => desk.refund(input),
})

try {
  // #region gate
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  // #endregion
  const storage = new InMemoryStore()
  // #region park
  const kept = await keptInRun(run, storage, desk.runId)
  // #endregion
  const agent = new Agent({
    id: 'refund-desk',
    name: 'Refund desk',
    instructions: 'Refund.',
    model: scriptedModel,
    // #region gate
    tools: { process_refund: gated(run, processRefund, { mode: 'park' }) },
    // #endregion
  })
  new Mastra({ agents: { agent }, storage, logger: false })
  // #region park
  let { toolCallId } = kept
  // #endregion
  // one call at a time: resumed with several held ones, Mastra 1.71 loses those that stay held
  const how = { runId: desk.runId, toolCallConcurrency: 1, abortSignal: run.signal }
  for (let isFirst = true; ; isFirst = false) {
    // #region park
    const result = toolCallId
      ? await agent.resumeGenerate({ wait: true }, { ...how, toolCallId })
      : await agent.generate(desk.task, how)
    // #endregion
    // Mastra gives what a tool throws to the model
    // #region gate
    if (run.signal.aborted) throw run.signal.reason
    // #endregion
    if (result.finishReason !== 'suspended') {
      desk.say(result.text)
      break
    }
    // #region park
    toolCallId = result.suspendPayload.toolCallId
    await kept.save(toolCallId)
    // #endregion
    if (isFirst) desk.sayParked()
  }
  // #region gate
  await run.complete()
  // #endregion
} catch (error) {
  desk.end(error)
}

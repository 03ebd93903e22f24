import { Agent } from '@mastra/core/agent'
import { Mastra } from '@mastra/core/mastra'
import { InMemoryStore } from '@mastra/core/storage'
import { createTool } from '@mastra/core/tools'
import { holdpoint } from '@holdpoint/client'
import { gated } from '@holdpoint/client/mastra'
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
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  const storage = new InMemoryStore()
  const kept = await keptInRun(run, storage, desk.runId)
  const agent = new Agent({
    id: 'refund-desk',
    name: 'Refund desk',
    instructions: 'Refund.',
    model: scriptedModel,
    tools: { process_refund: gated(run, processRefund, { mode: 'park' }) },
  })
  new Mastra({ agents: { agent }, storage, logger: false })
  let { toolCallId } = kept
  // one call at a time: resumed with several held ones, Mastra 1.71 loses those that stay held
  const how = { runId: desk.runId, toolCallConcurrency: 1, abortSignal: run.signal }
  for (let isFirst = true; ; isFirst = false) {
    const result = toolCallId
      ? await agent.resumeGenerate({ wait: true }, { ...how, toolCallId })
      : await agent.generate(desk.task, how)
    // Mastra gives what a tool throws to the model
    if (run.signal.aborted) throw run.signal.reason
    if (result.finishReason !== 'suspended') {
      desk.say(result.text)
      break
    }
    toolCallId = result.suspendPayload.toolCallId
    await kept.save(toolCallId)
    if (isFirst) desk.sayParked()
  }
  await run.complete()
} catch (error) {
  desk.end(error)
}

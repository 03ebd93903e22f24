// #region gate
import { holdpoint } from '@holdpoint/client'
import { answer, gateTools, toolApproval } from '@holdpoint/client/ai'
// #endregion
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { scriptedModel } from './model.mjs'

// version 7; `ai-6` is version 6, which does not know toolApproval and needs none
const { generateText, stepCountIs, tool } = await import(process.env.AI_SDK ?? 'ai')

const processRefund = tool({
  description: 'Pays an order back.',
  inputSchema: z.object({ order_id: z.string(), amount: z.number() }),
  execute: desk.refund,
})

try {
  // #region gate
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  // #endregion
  // #region park
  const kept = await run.checkpoint.load()
  const messages = kept
    ? JSON.parse(new TextDecoder().decode(kept.bytes))
    : [{ role: 'user', content: desk.task }]
  // #endregion
  for (;;) {
    // #region gate
    const { message } = await answer(run, messages)
    // #endregion
    const { text, response } = await generateText({
      model: scriptedModel,
      // #region gate
      tools: gateTools(run, { process_refund: processRefund }),
      toolApproval: toolApproval(run, { mode: 'park' }),
      // #endregion
      stopWhen: stepCountIs(5),
      // #region gate
      messages: message ? [...messages, message] : messages,
      // #endregion
    })
    // #region gate
    if (message) messages.push(message)
    // #endregion
    messages.push(...response.messages)
    // #region park
    const isHeld = response.messages.some(
      ({ content }) => Array.isArray(content) && content.some(({ type }) => type === 'tool-approval-request'),
    )
    await run.checkpoint.save(JSON.stringify(messages))
    // #endregion
    if (!isHeld) {
      desk.say(text)
      break
    }
    desk.sayParked()
  }
  // #region gate
  await run.complete()
  // #endregion
} catch (error) {
  desk.end(error)
}

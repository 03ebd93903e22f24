import { holdpoint } from '@holdpoint/client'
import { answer, gateTools, toolApproval } from '@holdpoint/client/ai'
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
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  const kept = await run.checkpoint.load()
  const messages = kept
    ? JSON.parse(new TextDecoder().decode(kept.bytes))
    : [{ role: 'user', content: desk.task }]
  for (;;) {
    const { message } = await answer(run, messages)
    const { text, response } = await generateText({
      model: scriptedModel,
      tools: gateTools(run, { process_refund: processRefund }),
      toolApproval: toolApproval(run, { mode: 'park' }),
      stopWhen: stepCountIs(5),
      messages: message ? [...messages, message] : messages,
    })
    if (message) messages.push(message)
    messages.push(...response.messages)
    const isHeld = response.messages.some(
      ({ content }) => Array.isArray(content) && content.some(({ type }) => type === 'tool-approval-request'),
    )
    await run.checkpoint.save(JSON.stringify(messages))
    if (!isHeld) {
      desk.say(text)
      break
    }
    desk.sayParked()
  }
  await run.complete()
} catch (error) {
  desk.end(error)
}

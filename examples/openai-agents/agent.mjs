import { Agent, RunState, Runner, tool } from '@openai/agents'
import { holdpoint } from '@holdpoint/client'
import { held, settle } from '@holdpoint/client/openai-agents'
import { z } from 'zod'
import * as desk from '../desk.mjs'
import { scriptedModel } from './model.mjs'

const processRefund = tool({
  name: 'process_refund',
  description: 'Pays an order back.',
  parameters: z.object({ order_id: z.string(), amount: z.number() }),
  execute: desk.refund,
})

try {
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  const agent = new Agent({ name: 'Refund desk', model: scriptedModel, tools: [held(run, processRefund)] })
  const runner = new Runner({ tracingDisabled: true })
  const kept = await run.checkpoint.load()
  let state = kept && (await RunState.fromString(agent, new TextDecoder().decode(kept.bytes)))
  let result = state ? undefined : await runner.run(agent, desk.task)
  while (!result || result.interruptions.length > 0) {
    if (result) {
      state = result.state
      await run.checkpoint.save(state.toString())
      desk.sayParked()
    }
    await settle(run, state)
    result = await runner.run(agent, state)
  }
  desk.say(result.finalOutput)
  await run.complete()
} catch (error) {
  desk.end(error)
}

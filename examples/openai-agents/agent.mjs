import { Agent, RunState, Runner, tool } from '@openai/agents'
// #region gate
import { holdpoint } from '@holdpoint/client'
import { held, settle } from '@holdpoint/client/openai-agents'
// #endregion
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
  // #region gate
  const run = await holdpoint().run({ agent: desk.agent, id: desk.runId })
  const agent = new Agent({ name: 'Refund desk', model: scriptedModel, tools: [held(run, processRefund)] })
  // #endregion
  const runner = new Runner({ tracingDisabled: true })
  // #region park
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
  // #endregion
  desk.say(result.finalOutput)
  // #region gate
  await run.complete()
  // #endregion
} catch (error) {
  desk.end(error)
}

// The gate with fetch alone, for a language or a runtime that our client does not know: three requests a call.
import { randomUUID } from 'node:crypto'
import * as desk from '../desk.mjs'

// #region gate
const url = process.env.HOLDPOINT_URL ?? 'http://localhost:3000'
const headers = { Authorization: `Bearer ${process.env.HOLDPOINT_KEY}`, 'Content-Type': 'application/json' }
// random for each process: a call that was let through to one life of the agent is not let through to another
const ours = { start_id: randomUUID(), claim_id: randomUUID() }

async function send(path, body, wait = 0) {
  const prefer = wait > 0 ? { Prefer: `wait=${wait}` } : {}
  const options = {
    method: 'POST',
    redirect: 'error',
    headers: { ...headers, ...prefer },
    body: JSON.stringify(body),
  }
  const response = await fetch(`${url}/api${path}`, options)
  const answer = await response.json()
  if (!response.ok) throw Object.assign(new Error(answer.detail), { code: answer.code })
  return answer
}

/** Runs the tool once, if it may; returns what to tell the model. */
async function gate(run, { id, name, args }, tool) {
  const question = { run_id: run.id, tool_call_id: id, tool: name, params: args, ...ours }
  let answer = await send('/approvals', question)
  if (answer.next.action === 'wait') desk.sayParked()
  while (answer.next.action === 'wait') answer = await send('/approvals', question, 50)
  const { action, message } = answer.next
  if (action === 'stop') throw Object.assign(new Error(message), { name: 'Refused' })
  const tell = (output) => (answer.edited ? `${message} It ran so: ${output}` : output)
  if (action === 'done' && answer.call?.status === 'succeeded') return tell(answer.call.output)
  if (action === 'done') throw new Error(message)
  const isOurs = answer.required === false || answer.claimed_at != null
  if (action !== 'execute' || !isOurs) return message
  const output = tool(answer.required ? answer.params : args)
  await send(`/runs/${run.id}/tool-calls/${id}/result`, { status: 'succeeded', output })
  return tell(output)
}
// #endregion

try {
  // #region gate
  const run = await send('/runs', { agent: desk.agent, external_id: desk.runId })
  // #endregion
  const answers = []
  for (const call of desk.calls) answers.push(await gate(run, call, desk.refund))
  desk.say(answers.join(' | '))
} catch (error) {
  desk.end(error)
}

import type { Asked } from '../call.ts'
import { Refused } from '../errors.ts'
import type { Run } from '../run.ts'
import { sleep } from '../wait.ts'

type Input = { tool_name: string; tool_input: unknown; tool_use_id: string }
type Options = { signal?: AbortSignal }

/** A day: for how long a hook may wait for a person. */
const waitSeconds = 86_400

/**
 * Hooks for the Claude Agent SDK: `options.hooks` of `query`. A tool that no rule gates goes on to your own permission
 * rules; one that is approved is allowed, once, with the params of the reviewer where they were changed; all else, a
 * Holdpoint that does not answer too, is denied with the reason. A rejection that ends the run stops the agent.
 *
 * @param options.park defers what is held instead of waiting, for an agent that is resumed later. Claude Code 2.1 keeps one
 *   deferred call a turn: where models call several at once, wait.
 */
export function hooks(run: Run, { park = false }: { park?: boolean } = {}) {
  const before = async (input: unknown, _id: unknown, { signal }: Options = {}) => {
    const { tool_name: tool, tool_input: params, tool_use_id: callId } = input as Input
    try {
      let asked = await run.ask(tool, params as object, { callId, signal })
      if (asked.action === 'wait') {
        if (park) return decision('defer', asked.message)
        run.say({ type: 'held', callId, approval: asked.approval })
      }
      asked = await run.settle(asked, signal ? { signal } : {})
      if (asked.action === 'execute') asked = await run.claim(asked)
      // whoever was let through may be at work still
      for (let tries = 0; isOpen(asked) && tries < 10; tries++) {
        await sleep(1000, [signal])
        asked = await run.ask(tool, params as object, { callId, signal })
      }
      return granted(run, asked)
    } catch (error) {
      return decision(
        'deny',
        `${tool} did not run: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  const after = async (input: unknown) => {
    const { tool_use_id, tool_response: output } = input as Input & { tool_response?: unknown }
    await run.report(tool_use_id, { status: 'succeeded', output })
    return {}
  }
  const failed = async (input: unknown) => {
    const { tool_use_id, error } = input as Input & { error?: unknown }
    await run.report(tool_use_id, { status: 'failed', error: { message: error } })
    return {}
  }
  const on = <H>(hook: H) => [{ hooks: [hook], timeout: waitSeconds, onFailure: 'block' as const }]
  return { PreToolUse: on(before), PostToolUse: on(after), PostToolUseFailure: on(failed) }
}

const isOpen = ({ action, recorded }: Asked) =>
  action === 'done' && recorded?.status !== 'succeeded' && recorded?.status !== 'failed'

function granted(run: Run, asked: Asked) {
  const { isGranted, approval, edited, params, action, message, recorded } = asked
  if (isGranted && !approval) return {}
  if (isGranted) return decision('allow', message, edited ? { updatedInput: params } : {})
  if (action === 'stop') run.end(new Refused(message, { approval }))
  const told = recorded?.status === 'succeeded' ? ` It gave back: ${JSON.stringify(recorded.output)}` : ''
  const words = action === 'execute' ? 'It was let through to another process.' : message + told
  const denied = decision('deny', words)
  return action === 'stop' ? { ...denied, continue: false, stopReason: words } : denied
}

function decision(
  permissionDecision: 'allow' | 'deny' | 'defer',
  permissionDecisionReason: string,
  more = {},
) {
  const hookEventName = 'PreToolUse' as const
  return { hookSpecificOutput: { hookEventName, permissionDecision, permissionDecisionReason, ...more } }
}

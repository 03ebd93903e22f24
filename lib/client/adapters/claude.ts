import type { Asked } from '../call.ts'
import { Refused } from '../errors.ts'
import type { Run } from '../run.ts'
import { begin, editWords, obtain } from './framework.ts'

type Call = { tool_name: string; tool_input: object; tool_use_id: string }
type Result = { tool_use_id: string; tool_response?: unknown; error?: unknown }
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
  const granted = new Map<string, { asked: Asked; end: () => void }>()
  const before = async (input: unknown, _id: unknown, { signal }: Options = {}) => {
    const { tool_name: tool, tool_input: params, tool_use_id: callId } = input as Call
    try {
      const end = begin(run, callId)
      const asked = await obtain(run, tool, params, { callId, signal }, !park)
      const { action, approval, message, recorded } = asked
      if (action === 'wait') return decision('defer', message)
      if (asked.isGranted) {
        granted.set(callId, { asked, end })
        if (!approval) return {}
        return decision('allow', message, asked.edited ? { updatedInput: asked.params } : {})
      }
      if (!granted.has(callId)) end()
      const told = recorded?.status === 'succeeded' ? ` It gave back: ${JSON.stringify(recorded.output)}` : ''
      return decision('deny', message + told)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Refused)) return decision('deny', `${tool} did not run: ${words}`)
      return { ...decision('deny', words), continue: false, stopReason: words }
    }
  }
  const after = async (input: unknown) => {
    const { tool_use_id: callId, tool_response: output, error } = input as Result
    const { asked, end } = granted.get(callId) ?? {}
    granted.delete(callId)
    end?.()
    const hookEventName = error === undefined ? ('PostToolUse' as const) : ('PostToolUseFailure' as const)
    if (!asked) return {}
    const failed = { status: 'failed', error: { message: error } } as const
    await run.report(asked, error === undefined ? { status: 'succeeded', output } : failed)
    const additionalContext = editWords(asked)
    return additionalContext ? { hookSpecificOutput: { hookEventName, additionalContext } } : {}
  }
  const on = <H>(hook: H) => [{ hooks: [hook], timeout: waitSeconds, onFailure: 'block' as const }]
  return { PreToolUse: on(before), PostToolUse: on(after), PostToolUseFailure: on(after) }
}

type Verdict = 'allow' | 'deny' | 'defer'

function decision(permissionDecision: Verdict, permissionDecisionReason: string, more = {}) {
  const hookEventName = 'PreToolUse' as const
  return { hookSpecificOutput: { hookEventName, permissionDecision, permissionDecisionReason, ...more } }
}

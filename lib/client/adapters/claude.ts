import type { Asked } from '../call.ts'
import { Refused } from '../errors.ts'
import type { Run } from '../run.ts'
import { sleep } from '../wait.ts'
import { begin, editWords } from './framework.ts'

type Input = {
  tool_name: string
  tool_input: unknown
  tool_use_id: string
  tool_response?: unknown
  error?: unknown
}
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
    const { tool_name: tool, tool_input: params, tool_use_id: callId } = input as Input
    try {
      const end = begin(run, callId)
      let asked = await run.ask(tool, params as object, { callId, signal })
      if (asked.action === 'wait' && park) return decision('defer', asked.message)
      if (asked.action === 'wait') run.say({ type: 'held', callId, approval: asked.approval })
      asked = await run.settle(asked, { signal })
      while (asked.action === 'execute' && !asked.isGranted) {
        asked = await run.settle(await run.claim(asked), { signal })
      }
      if (asked.isGranted) {
        granted.set(callId, { asked, end })
        if (!asked.approval) return {}
        return decision('allow', asked.message, asked.edited ? { updatedInput: asked.params } : {})
      }
      // whoever was let through may be at work still
      for (let tries = 0; isOpen(asked) && tries < 10; tries++) {
        await sleep(1000, run.endings(signal))
        asked = await run.ask(tool, params as object, { callId, signal })
      }
      if (!granted.has(callId)) end()
      const { recorded, message } = asked
      const told = recorded?.status === 'succeeded' ? ` It gave back: ${JSON.stringify(recorded.output)}` : ''
      return decision('deny', message + told)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Refused)) return decision('deny', `${tool} did not run: ${words}`)
      return { ...decision('deny', words), continue: false, stopReason: words }
    }
  }
  const after = async (input: unknown) => {
    const { tool_use_id: callId, tool_response: output, error } = input as Input
    const { asked, end } = granted.get(callId) ?? {}
    granted.delete(callId)
    end?.()
    const failed = { status: 'failed', error: { message: error } } as const
    if (asked) await run.report(asked, error === undefined ? { status: 'succeeded', output } : failed)
    const additionalContext = asked && editWords(asked)
    const hookEventName = error === undefined ? ('PostToolUse' as const) : ('PostToolUseFailure' as const)
    return additionalContext ? { hookSpecificOutput: { hookEventName, additionalContext } } : {}
  }
  const on = <H>(hook: H) => [{ hooks: [hook], timeout: waitSeconds, onFailure: 'block' as const }]
  return { PreToolUse: on(before), PostToolUse: on(after), PostToolUseFailure: on(after) }
}

const isOpen = ({ action, recorded }: Asked) =>
  action === 'done' && recorded?.status !== 'succeeded' && recorded?.status !== 'failed'

function decision(
  permissionDecision: 'allow' | 'deny' | 'defer',
  permissionDecisionReason: string,
  more = {},
) {
  const hookEventName = 'PreToolUse' as const
  return { hookSpecificOutput: { hookEventName, permissionDecision, permissionDecisionReason, ...more } }
}

import {
  eventOf,
  objectOf,
  optionalText,
  textOf,
  withoutParams,
  type Dialect,
  type JsonObject,
} from './dialect'

/**
 * Claude Code, as a command hook or an HTTP hook: code.claude.com/docs/en/hooks, read in November 2026 and run against
 * 2.1.332.
 */
export const claudeCode: Dialect = {
  name: 'claude-code',
  title: 'Claude Code',

  // "Hook input and output", "PreToolUse", "PostToolUse", "PostToolUseFailure"
  hear(input) {
    const event = eventOf(input, /^(PreToolUse|PostToolUse(Failure)?)$/)
    const told = {
      session: textOf(input, 'session_id'),
      callId: textOf(input, 'tool_use_id'),
      tool: textOf(input, 'tool_name'),
      params: objectOf(input.tool_input ?? {}, 'tool_input'),
    }
    if (event === 'PreToolUse') return { event: 'before', ...told, cwd: optionalText(input.cwd) }
    if (event === 'PostToolUseFailure') {
      return { event: 'after', ...told, result: { status: 'failed', error: { message: input.error } } }
    }
    const output = withoutParams(input.tool_response, told.params)
    return { event: 'after', ...told, result: { status: 'succeeded', output } }
  },

  // "PreToolUse decision control": `allow` passes by the permission prompt, but not by a deny rule; `{}` leaves the
  // call to the person's own rules; `defer` ends a `-p` session until it is resumed; `continue: false` ends the turn
  say(verdict) {
    switch (verdict.kind) {
      case 'free':
        return {}
      case 'approved':
        return decision('allow', verdict.message, verdict.params && { updatedInput: verdict.params })
      case 'parked':
        return decision('defer', verdict.message)
      case 'refused':
        return {
          ...decision('deny', verdict.message),
          ...(verdict.isOver ? { continue: false, stopReason: verdict.message } : {}),
        }
    }
  },
}

// without `hookEventName` all of it is ignored, and the tool runs
function decision(
  permissionDecision: 'allow' | 'deny' | 'defer',
  permissionDecisionReason: string,
  more: JsonObject = {},
): JsonObject {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision,
      permissionDecisionReason,
      ...more,
    },
  }
}

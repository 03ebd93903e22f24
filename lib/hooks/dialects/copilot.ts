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
 * GitHub Copilot, in its CLI, its cloud agent and VS Code: docs.github.com/en/copilot/reference/hooks-reference, read in
 * November 2026 and run against CLI 1.0.102. The events are set up with their PascalCase names: VS Code knows no others,
 * and the tools then have Claude Code's names (`Bash`, `Edit`), so that one policy serves both.
 */
export const copilot: Dialect = {
  name: 'copilot',
  title: 'GitHub Copilot',

  // "preToolUse / PreToolUse", "postToolUse / PostToolUse", "postToolUseFailure / PostToolUseFailure". Only VS Code tells
  // an id of the call.
  hear(input) {
    const event = eventOf(input, /^(PreToolUse|PostToolUse(Failure)?)$/)
    const told = {
      session: textOf(input, 'session_id'),
      callId: optionalText(input.tool_use_id),
      tool: textOf(input, 'tool_name'),
      params: paramsOf(input.tool_input),
    }
    if (event === 'PreToolUse') {
      return { event: 'before', ...told, at: textOf(input, 'timestamp'), cwd: optionalText(input.cwd) }
    }
    if (event === 'PostToolUseFailure') {
      return { event: 'after', ...told, result: { status: 'failed', error: { message: input.error } } }
    }
    const { text_result_for_llm: text } = (input.tool_result ?? {}) as JsonObject
    const output = withoutParams(input.tool_response ?? text, told.params)
    return { event: 'after', ...told, result: { status: 'succeeded', output } }
  },

  // "preToolUse decision control": the CLI reads these at the top, VS Code below `hookSpecificOutput`
  say(verdict) {
    switch (verdict.kind) {
      case 'free':
        return {}
      case 'approved':
        return {
          ...decision('allow', verdict.message, verdict.params && { updatedInput: verdict.params }),
          ...(verdict.params ? { modifiedArgs: verdict.params } : {}),
        }
      case 'parked':
      case 'refused':
        return decision('deny', verdict.message)
    }
  },
}

/** "Tool arguments (parsed from JSON string when possible)": where that was not possible, a text is the one argument. */
function paramsOf(input: unknown): JsonObject {
  return typeof input === 'string' ? { input } : objectOf(input ?? {}, 'tool_input')
}

function decision(
  permissionDecision: 'allow' | 'deny',
  permissionDecisionReason: string,
  more: JsonObject = {},
): JsonObject {
  const said = { permissionDecision, permissionDecisionReason }
  return { ...said, hookSpecificOutput: { hookEventName: 'PreToolUse', ...said, ...more } }
}

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
 * Codex: developers.openai.com/codex/hooks and, where that is silent, `codex-rs/hooks/src/engine/output_parser.rs` and
 * `events/pre_tool_use.rs` of openai/codex, read in November 2026 and run against 0.171.
 */
export const codex: Dialect = {
  name: 'codex',
  title: 'Codex',

  // "PreToolUse" and "PostToolUse": the common input fields, `tool_name`, `tool_use_id`, `tool_input`, `tool_response`
  hear(input) {
    const event = eventOf(input, /^(Pre|Post)ToolUse$/)
    const told = {
      session: textOf(input, 'session_id'),
      callId: textOf(input, 'tool_use_id'),
      tool: textOf(input, 'tool_name'),
      params: objectOf(input.tool_input ?? {}, 'tool_input'),
    }
    if (event === 'PreToolUse') return { event: 'before', ...told, cwd: optionalText(input.cwd) }
    const output = withoutParams(input.tool_response, told.params)
    return { event: 'after', ...told, result: { status: 'succeeded', output } }
  },

  // output_parser.rs: a bare `allow`, `ask`, `continue`, an unknown member or a deny without words makes the hook one that
  // failed, and then the tool runs. So: an empty object, an `allow` with other params, or a deny with words.
  say(verdict) {
    switch (verdict.kind) {
      case 'free':
        return {}
      case 'approved':
        return verdict.params ? decision({ permissionDecision: 'allow', updatedInput: verdict.params }) : {}
      case 'parked':
      case 'refused':
        return decision({ permissionDecision: 'deny', permissionDecisionReason: verdict.message })
    }
  },
}

function decision(more: JsonObject): JsonObject {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', ...more } }
}

import { eventOf, objectOf, optionalText, textOf, withoutParams, type Dialect } from './dialect'

/**
 * Cursor: cursor.com/docs/hooks, read in November 2026. Of its two layers of hooks this is the one that sees every tool,
 * `preToolUse`; both together would ask twice about one call.
 */
export const cursor: Dialect = {
  name: 'cursor',
  title: 'Cursor',

  // "Common input fields", "preToolUse", "postToolUse", "postToolUseFailure"; the last comes for a denied call too
  hear(input) {
    const event = eventOf(input, /^(preToolUse|postToolUse(Failure)?)$/)
    const told = {
      session: textOf(input, 'conversation_id'),
      callId: textOf(input, 'tool_use_id'),
      tool: textOf(input, 'tool_name'),
      params: objectOf(input.tool_input ?? {}, 'tool_input'),
    }
    if (event === 'preToolUse') {
      const [root] = Array.isArray(input.workspace_roots) ? (input.workspace_roots as unknown[]) : []
      return { event: 'before', ...told, cwd: optionalText(input.cwd) ?? optionalText(root) }
    }
    if (event === 'postToolUseFailure') {
      return {
        event: 'after',
        ...told,
        result: { status: 'failed', error: { message: input.error_message } },
      }
    }
    const output = withoutParams(fromJson(input.tool_output), told.params)
    return { event: 'after', ...told, result: { status: 'succeeded', output } }
  },

  // flat, without `hookSpecificOutput`; with `failClosed` an answer without `permission` counts as a failure; the model
  // hears `user_message`, whatever the documentation says of `agent_message`
  say(verdict) {
    switch (verdict.kind) {
      case 'free':
        return { permission: 'allow' }
      case 'approved':
        return { permission: 'allow', ...(verdict.params ? { updated_input: verdict.params } : {}) }
      case 'parked':
      case 'refused':
        return { permission: 'deny', user_message: verdict.message, agent_message: verdict.message }
    }
  },
}

/** `tool_output` is the text of a JSON value. */
function fromJson(output: unknown): unknown {
  try {
    return typeof output === 'string' ? (JSON.parse(output) as unknown) : output
  } catch {
    return output
  }
}

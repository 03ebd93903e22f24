import { neverRan, type Event, type ReleasedCall, type Run } from '../../lib/client/holdpoint.ts'
import { say, type Json } from './terminal'

/** What a tool is called with; `id` is an idempotency key. */
export type Call = { run: string; id: string; tool: string; params: Json }

/** What a tool must offer so that it never runs twice. */
export type Tool = {
  /** Does the work of this very call, once. */
  run(call: Call): Promise<unknown>
  /** What the tool's own records say of this very call: undefined where it never ran. */
  earlierOutput(call: Call): Promise<unknown>
}

/** What the conversation keeps of a call. */
export type Outcome =
  | { kind: 'ran'; output: unknown }
  | { kind: 'failed'; message: string }
  | { kind: 'rejected'; status: 'rejected' | 'expired'; message: string }

/**
 * The gate in front of every tool. The same call again, in this process or the next, goes on where it was.
 * @throws Refused where a person's no, or nobody's yes, has ended the run; and as `Run.gate`
 */
export async function callTool(
  run: Run,
  tools: Tool,
  callId: string,
  { tool, params, description }: { tool: string; params: Json; description?: string | undefined },
): Promise<Outcome> {
  const callOf = (released: ReleasedCall): Call => ({
    run: run.record.id,
    id: released.toolCallId,
    tool,
    params: released.params,
  })
  const outcome = await run.gate<unknown, Json>(tool, params, (_, released) => tools.run(callOf(released)), {
    callId,
    description,
    earlier: async (released) => (await tools.earlierOutput(callOf(released))) ?? neverRan,
  })
  switch (outcome.kind) {
    case 'ran':
      return { kind: 'ran', output: outcome.output }
    case 'failed':
      return { kind: 'failed', message: outcome.error.message }
    case 'rejected':
      return { kind: 'rejected', status: outcome.status, message: outcome.message }
    case 'parked':
      throw new Error('It waits in place.')
  }
}

/** What happens at the gate, for a person. */
export function sayEvent(event: Event): void {
  switch (event.type) {
    case 'held': {
      const { message, url, expires_at } = event.approval
      say(`    held${message ? `: ${message}` : ''}; a person may decide until ${expires_at} at ${url}`)
      return
    }
    case 'asking_again':
      return say(`    ${event.message}`)
    case 'unanswered':
      return say(`Holdpoint does not answer (${event.reason}). No tool runs meanwhile; trying again.`)
    case 'unreported':
      return say(`The result of ${event.callId} is still to be recorded.`)
  }
}

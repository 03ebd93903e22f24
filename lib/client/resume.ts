import { toCallId } from './call-id.ts'
import { isObject } from './json.ts'
import type { Run } from './run.ts'
import type { Approval } from './approval.ts'
import type { ToolCall } from './types.ts'

type Page = { steps: ToolCall[]; next_cursor: string | null }

type Undone = { callId: string; approval: Approval }

/**
 * The calls of a run that a person or the clock has decided and that have no result yet, in time order; at the end those
 * whose approval was not used in time, and that have to be asked for again.
 */
export async function* undone(run: Run): AsyncGenerator<Undone> {
  const path = `/runs/${run.record.id}?fields=steps,next_cursor,tool_call_id,status,params,approval`
  const lapsed = new Map<string, Undone>()
  let cursor: string | null = ''
  do {
    const page: Page = await run.http.send({
      path: path + (cursor && `&cursor=${encodeURIComponent(cursor)}`),
      signals: run.endings(),
      read: ({ body }) =>
        isObject(body) && body.id === run.record.id && Array.isArray(body.steps) && (body as Page),
    })
    for (const { status, approval } of page.steps) {
      if (!approval) continue
      const callId = await callIdOf(approval)
      lapsed.delete(callId)
      if (approval.status === 'pending' || approval.status === 'cancelled') continue
      if (approval.next.action === 'ask_again') lapsed.set(callId, { callId, approval })
      else if (status !== 'succeeded' && status !== 'failed') yield { callId, approval }
    }
    cursor = page.next_cursor
  } while (cursor)
  yield* lapsed.values()
}

/** The agent's own id of a call, where it is kept beside the form that Holdpoint took, and is none of somebody else's. */
async function callIdOf({ metadata, tool_call_id: id }: Approval): Promise<string> {
  const own = metadata?.call_id
  return own && (await toCallId(own)) === id.replace(/\.[2-5]$/, '') ? own : id
}

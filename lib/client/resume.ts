import { isObject } from './json.ts'
import type { Run } from './run.ts'
import type { Approval, ToolCall } from './types.ts'

type Page = { steps: ToolCall[]; next_cursor: string | null }

/** The calls of a run that a person or the clock has decided and that have no result yet, in time order. */
export async function* undone(run: Run): AsyncGenerator<{ callId: string; approval: Approval }> {
  const path = `/runs/${run.record.id}?fields=steps,next_cursor,tool_call_id,status,params,approval`
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await run.http.send({
      method: 'GET',
      path: cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
      signals: run.endings(),
      read: ({ body }) =>
        isObject(body) && body.id === run.record.id && Array.isArray(body.steps) ? (body as Page) : undefined,
    })
    for (const { status, approval } of page.steps) {
      if (!approval || approval.status === 'pending' || approval.next.action === 'ask_again') continue
      if (status !== 'succeeded' && status !== 'failed') yield { callId: callIdOf(approval), approval }
    }
    cursor = page.next_cursor ?? null
  }
}

/** The agent's own id of a call, which Holdpoint may have taken in another form. */
function callIdOf({ metadata, tool_call_id: id }: Approval): string {
  return isObject(metadata) && typeof metadata.call_id === 'string' ? metadata.call_id : id
}

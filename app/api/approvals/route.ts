import { z } from 'zod'
import { askApproval } from '@/lib/approvals/ask'
import { readApprovals } from '@/lib/approvals/read'
import { AskInput, ListedApproval } from '@/lib/approvals/schemas'
import { approvalStatuses } from '@/lib/approvals/statuses'
import { requireRoomToWait, waitForApproval } from '@/lib/approvals/wait'
import { requireAgentKey, requireReader } from '@/lib/context'
import { settings } from '@/lib/env'
import { withDeadline } from '@/lib/http/deadline'
import { waitSeconds } from '@/lib/http/prefer'
import { fieldsOf, paging } from '@/lib/http/query'
import { reply, resource, route } from '@/lib/http/route'

const statuses = z
  .string()
  .max(100)
  .transform((text) => text.split(','))
  .pipe(
    z.array(z.enum(approvalStatuses, `One or more, apart by commas, of: ${approvalStatuses.join(', ')}.`)),
  )
  .optional()

const ListQuery = z.strictObject({
  ...paging,
  status: statuses,
  agent: z.string().max(200).optional(),
  tool: z.string().max(200).optional(),
  run_id: z.string().max(1024).optional(),
  tool_call_id: z.string().max(1024).optional(),
  q: z.string().min(1).max(200).optional(),
  fields: fieldsOf(ListedApproval.keyof().options, 'id'),
})

const list = route(
  { query: ListQuery, access: (ctx) => requireReader(ctx, ['read', 'run']) },
  ({ ctx, query: { status, run_id: runId, tool_call_id: toolCallId, fields, ...query } }) =>
    readApprovals(ctx, { ...query, statuses: status, runId, toolCallId }, fields),
)

const ask = route(
  {
    body: AskInput,
    bucket: 'ask',
    mayWait: true,
    proves: true,
    access: (ctx) => requireAgentKey(ctx, 'run'),
  },
  async ({ ctx, body, sources, request }) => {
    const seconds = waitSeconds(request)
    const mostWaits = settings().maxWaitsPerKey
    if (seconds > 0) requireRoomToWait(ctx, mostWaits)
    const source = { params: sources.params ?? '{}', context: sources.context }
    const { answer, isReplay } = await withDeadline(askApproval(ctx, { ...body, source }))
    const headers: Record<string, string> = isReplay ? { 'Idempotency-Replayed': 'true' } : {}
    if (!answer.required) return reply(answer, 200, headers)
    const status = isReplay ? 200 : 201
    if (seconds === 0) return reply(answer, status, headers)
    headers['Preference-Applied'] = `wait=${seconds}`
    if (answer.status !== 'pending') return reply(answer, status, headers)
    const waited = waitForApproval(ctx, answer.id, { seconds, mostWaits, signal: request.signal })
    return reply(await withDeadline(waited, seconds), status, headers)
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list, POST: ask })

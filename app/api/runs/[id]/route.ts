import { z } from 'zod'
import { requireAgentKey, requireReader } from '@/lib/context'
import { finishRun } from '@/lib/runs/finish'
import { readRun } from '@/lib/runs/read'
import { FinishRunInput, runFields } from '@/lib/runs/schemas'
import { callerId, fieldsOf, paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const ReadQuery = z.strictObject({
  cursor: paging.cursor,
  fields: fieldsOf(runFields, 'id', 'kind', 'next_cursor'),
})

const read = route(
  { query: ReadQuery, access: (ctx) => requireReader(ctx, ['read', 'run']) },
  ({ ctx, params, query: { cursor, fields } }) => readRun(ctx, callerId(params, 'id'), { cursor }, fields),
)

const finish = route(
  {
    body: FinishRunInput,
    recorded: ['output', 'error'],
    bucket: 'ask',
    access: (ctx) => requireAgentKey(ctx, 'run'),
  },
  ({ ctx, params, body, sources }) =>
    finishRun(ctx, { ...body, run: callerId(params, 'id'), source: sources }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read, PATCH: finish })

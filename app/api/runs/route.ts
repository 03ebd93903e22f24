import { z } from 'zod'
import { requireAgentKey, requireReader } from '@/lib/context'
import { readRuns } from '@/lib/runs/read'
import { Run, StartRunInput } from '@/lib/runs/schemas'
import { runStatuses } from '@/lib/runs/statuses'
import { startRun } from '@/lib/runs/start'
import { fieldsOf, paging } from '@/lib/http/query'
import { reply, resource, route } from '@/lib/http/route'

const ListQuery = z.strictObject({
  ...paging,
  status: z.enum(runStatuses).optional(),
  agent: z.string().max(200).optional(),
  fields: fieldsOf(Run.keyof().options, 'id'),
})

const list = route(
  { query: ListQuery, access: (ctx) => requireReader(ctx, ['read', 'run']) },
  ({ ctx, query: { fields, ...query } }) => readRuns(ctx, query, fields),
)

const start = route(
  { body: StartRunInput, bucket: 'ask', access: (ctx) => requireAgentKey(ctx, 'run') },
  async ({ ctx, body, sources }) => {
    const { run, isReplay } = await startRun(ctx, { ...body, source: sources })
    return reply(run, isReplay ? 200 : 201)
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list, POST: start })

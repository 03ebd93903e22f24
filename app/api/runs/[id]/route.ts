import { requireAgentKey, requireReader } from '@/lib/context'
import { finishRun } from '@/lib/runs/finish'
import { readRun } from '@/lib/runs/read'
import { FinishRunInput } from '@/lib/runs/schemas'
import { callerId } from '@/lib/web/query'
import { resource, route } from '@/lib/web/route'

const read = route({ access: (ctx) => requireReader(ctx, ['read', 'run']) }, ({ ctx, params }) =>
  readRun(ctx, callerId(params, 'id')),
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

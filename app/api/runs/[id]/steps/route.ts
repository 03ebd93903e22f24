import { requireAgentKey } from '@/lib/context'
import { recordStep } from '@/lib/runs/record-step'
import { RecordStepInput } from '@/lib/runs/schemas'
import { callerId } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const record = route(
  {
    body: RecordStepInput,
    recorded: ['input', 'output'],
    bucket: 'ask',
    status: 201,
    access: (ctx) => requireAgentKey(ctx, 'run'),
  },
  ({ ctx, params, body, sources }) =>
    recordStep(ctx, { ...body, run: callerId(params, 'id'), source: sources }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: record })

import { requireAgentKey } from '@/lib/context'
import { recordResult } from '@/lib/runs/record-result'
import { RecordResultInput } from '@/lib/runs/schemas'
import { callerId } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const record = route(
  {
    body: RecordResultInput,
    recorded: ['output', 'error'],
    bucket: 'claim',
    proves: true,
    access: (ctx) => requireAgentKey(ctx, 'run'),
  },
  ({ ctx, params, body, sources }) =>
    recordResult(ctx, {
      ...body,
      run: callerId(params, 'id'),
      toolCallId: callerId(params, 'call'),
      source: sources,
    }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: record })

import { decideApproval } from '@/lib/approvals/decide'
import { DecideInput } from '@/lib/approvals/schemas'
import { resource, route } from '@/lib/http/route'

const decide = route(
  { body: DecideInput, bucket: 'decide', status: 201, proves: true },
  ({ ctx, params, body }) => decideApproval(ctx, { ...body, id: params.id ?? '' }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: decide })

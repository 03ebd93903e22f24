import { claimApproval } from '@/lib/approvals/claim'
import { ClaimInput } from '@/lib/approvals/schemas'
import { requireAgentKey } from '@/lib/context'
import { resource, route } from '@/lib/http/route'

const claim = route(
  { body: ClaimInput, bucket: 'claim', proves: true, access: (ctx) => requireAgentKey(ctx, 'run') },
  ({ ctx, params, body }) => claimApproval(ctx, { ...body, id: params.id ?? '' }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: claim })

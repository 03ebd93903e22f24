import { cancelApproval } from '@/lib/approvals/cancel'
import { requireAgentKey } from '@/lib/context'
import { resource, route } from '@/lib/http/route'

const cancel = route({ bucket: 'claim', access: (ctx) => requireAgentKey(ctx, 'run') }, ({ ctx, params }) =>
  cancelApproval(ctx, { id: params.id ?? '' }),
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: cancel })

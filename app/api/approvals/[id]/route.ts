import { readApproval } from '@/lib/approvals/read'
import { waitForApproval } from '@/lib/approvals/wait'
import { requireReader } from '@/lib/context'
import { settings } from '@/lib/env'
import { withDeadline } from '@/lib/http/deadline'
import { waitSeconds } from '@/lib/http/prefer'
import { reply, resource, route } from '@/lib/http/route'

const read = route(
  { mayWait: true, proves: true, access: (ctx) => requireReader(ctx, ['read', 'run']) },
  async ({ ctx, params, request }) => {
    const approval = await withDeadline(readApproval(ctx, params.id ?? ''))
    const seconds = waitSeconds(request)
    if (seconds === 0) return approval
    const headers = { 'Preference-Applied': `wait=${seconds}` }
    if (approval.status !== 'pending') return reply(approval, 200, headers)
    const wait = { seconds, mostWaits: settings().maxWaitsPerKey, signal: request.signal }
    return reply(await withDeadline(waitForApproval(ctx, approval.id, wait), seconds), 200, headers)
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })

import { streamApprovals } from '@/lib/outbox/stream'
import { requireReader } from '@/lib/context'
import { resource, route } from '@/lib/http/route'
import { eventStream } from '@/lib/http/sse'

const stream = route(
  { mayWait: true, access: (ctx) => requireReader(ctx, ['read', 'run']) },
  async ({ ctx, request }) => {
    const lastEventId = request.headers.get('last-event-id')
    return eventStream(ctx, (signal) => streamApprovals(ctx, lastEventId, signal), request.signal)
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: stream })

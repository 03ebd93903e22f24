import { z } from 'zod'
import { listTimeline } from '@/db/queries/timeline'
import { reader } from '@/lib/need'
import { verb } from '@/lib/verb'
import { TimelineItem } from './comment-schemas'
import { getApproval } from './read'
import { ApprovalById } from './schemas'

/**
 * What happened to a request, from the ask to the result, oldest first.
 * @throws AppError `forbidden`, `invalid_id`, `not_found`
 */
export const readTimelineVerb = verb(
  {
    summary: 'What happened to a request, in order',
    need: reader,
    path: ApprovalById,
    output: z.object({ items: z.array(TimelineItem) }),
    refuses: ['not_found'],
  },
  async (ctx, { id }) => {
    await getApproval(ctx, id)
    const items = await listTimeline(ctx.db, ctx.project.id, id)
    return { items: items.map((item) => ({ ...item, at: new Date(item.at).toISOString() })) }
  },
)

import { z } from 'zod'
import { listViews } from '@/db/queries/views'
import { verb } from '@/lib/verb'
import { View } from './schemas'
import { viewToWire } from './wire'

/**
 * The views of the project and of whoever asks, by name.
 * @throws AppError `forbidden` for agent keys
 */
export const readViews = verb(
  {
    summary: 'List saved views of the queue',
    need: 'viewer',
    output: z.object({ items: z.array(View) }),
    refuses: [],
  },
  async (ctx) => ({ items: (await listViews(ctx.db, ctx.project.id, ctx.actor.id)).map(viewToWire) }),
)

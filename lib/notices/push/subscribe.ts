import { and, eq, ne } from 'drizzle-orm'
import { z } from 'zod'
import { countBrowsers, listProjectIdsOfUser } from '@/db/queries/push'
import { pushSubscriptions } from '@/db/schema/notices'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { OutboundError } from '@/lib/outbound/error'
import { checkUrl } from '@/lib/outbound/target'
import { change, verb } from '@/lib/verb'
import { sealKeyIn } from '@/lib/webhooks/encrypt'
import type { OutboundRules } from '@/lib/webhooks/url'
import { areKeys } from './encrypt'
import { vapidKeys } from './vapid'

const mostBrowsers = 20

const Key = z.string().regex(/^[\w-]{1,100}$/, 'Base64url, without padding.')

const PushSubscriptionInput = z
  .strictObject({ endpoint: z.string().max(1000), p256dh: Key, auth: Key })
  .refine(areKeys, { path: ['p256dh'], message: 'No browser has such keys.' })
/** What a browser's `PushSubscription` says, as far as we need it. */
export type PushSubscriptionInput = z.infer<typeof PushSubscriptionInput>

/** The key by which a browser lets nobody but this installation push to it. */
export const readPushKey = verb(
  { summary: 'Read the key of pushes', need: 'viewer', output: z.object({ key: z.string() }), refuses: [] },
  async (ctx) => ({ key: vapidKeys(sealKeyIn(ctx)).publicKey }),
)

/**
 * Has a browser told by push of requests in all projects of the person, as long as they are signed in there. Said again
 * it changes nothing; said by somebody else in the same browser, it is theirs.
 * @throws AppError `forbidden` for agent keys and personal tokens, `invalid_input` for an address that may not be
 * called, `conflict` beyond 20 browsers
 */
export const subscribePush = change(
  {
    summary: 'Be told by push in this browser',
    need: 'viewer',
    who: 'a member who is signed in',
    input: PushSubscriptionInput,
    output: null,
    refuses: ['conflict'],
  },
  async (tx, { actor }, { endpoint, ...keys }, rules: OutboundRules) => {
    const { id: userId, sessionToken } = actor
    if (sessionToken === null)
      throw new AppError('forbidden', 'Only a browser that is signed in is told by push.')
    checkEndpoint(endpoint, rules)
    await tx
      .delete(pushSubscriptions)
      .where(and(eq(pushSubscriptions.endpoint, endpoint), ne(pushSubscriptions.userId, userId)))
    if ((await countBrowsers(tx, userId, endpoint)) >= mostBrowsers)
      throw new AppError(
        'conflict',
        `At most ${mostBrowsers} browsers are told; switch it off in one of them.`,
      )
    const projectIds = await listProjectIdsOfUser(tx, userId)
    const of = { userId, sessionToken, endpoint, ...keys }
    await tx
      .insert(pushSubscriptions)
      .values(projectIds.map((projectId) => ({ id: newId('push'), projectId, ...of })))
      .onConflictDoUpdate({ target: [pushSubscriptions.endpoint, pushSubscriptions.projectId], set: of })
  },
)

/** Has a browser of the person told nothing more, of any project. */
export const unsubscribePush = change(
  {
    summary: 'Be told by push no more in this browser',
    need: 'viewer',
    input: z.strictObject({ endpoint: z.string().max(1000) }),
    output: null,
    refuses: [],
  },
  async (tx, { actor }, { endpoint }) => {
    await tx
      .delete(pushSubscriptions)
      .where(and(eq(pushSubscriptions.endpoint, endpoint), eq(pushSubscriptions.userId, actor.id)))
  },
)

function checkEndpoint(endpoint: string, { outboundAllow }: OutboundRules): void {
  try {
    checkUrl(endpoint, outboundAllow)
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const detail = 'This is no address of a push service.'
    throw new AppError('invalid_input', `${detail} (/endpoint)`, {
      errors: [{ pointer: '/endpoint', detail }],
    })
  }
}

import { z } from 'zod'
import { MomentText } from '@/lib/moment'
import { approvalStatuses } from '@/lib/approvals/statuses'
import { Moment } from '@/lib/json/schemas'
import { canMatchTools } from '@/lib/policy/wildcard'

export const noticeKinds = [
  'requested',
  'half_time',
  'last_call',
  'your_turn',
  'assigned',
  'mention',
  'comment',
  'edited',
  'webhook_disabled',
  'audit_retention',
  'policy_loosened',
  'agent_paused',
  'override',
  'unreachable',
] as const
/** What a notice tells: a request, a reminder of one, or what concerns the project itself. */
export type NoticeKind = (typeof noticeKinds)[number]
/** The kinds that tell of an approval, the later the more urgent. */
export type ApprovalNoticeKind = Exclude<
  NoticeKind,
  'webhook_disabled' | 'audit_retention' | 'policy_loosened' | 'agent_paused' | 'override' | 'unreachable'
>

/** What concerns somebody whether or not they are asked. */
const directKinds = ['assigned', 'mention', 'comment', 'edited'] as const
export type DirectKind = (typeof directKinds)[number]
export const isDirect = (kind: NoticeKind) => directKinds.some((one) => one === kind)

export const Notice = z
  .object({
    id: z.string(),
    kind: z.enum(noticeKinds),
    text: z
      .string()
      .nullable()
      .meta({ description: 'Words of its own, where it does not tell of an approval.' }),
    approval: z
      .object({
        id: z.string(),
        status: z.enum(approvalStatuses),
        agent: z.string(),
        tool: z.string(),
        expires_at: Moment,
      })
      .nullable(),
    created_at: Moment,
    read_at: Moment.nullable(),
    cleared_at: Moment.nullable().meta({ description: 'When what it told of was over.' }),
    url: z.string(),
  })
  .meta({ id: 'Notice' })
/** A line of the bell. */
export type Notice = z.infer<typeof Notice>

export const NoticeList = z.object({
  items: z.array(Notice),
  unread: z.int(),
  pending: z
    .int()
    .meta({ description: "The project's pending requests; 10,001 stands for more than 10,000." }),
  next_cursor: z.string().nullable(),
})
export type NoticeList = z.infer<typeof NoticeList>

export const MarkReadInput = z
  .strictObject({
    ids: z.array(z.string().max(100)).max(100).optional().meta({ description: 'All where it is missing.' }),
  })
  .meta({ id: 'MarkReadInput' })
export type MarkReadInput = z.infer<typeof MarkReadInput>

const most = 50
const canMatchAgents = (pattern: string) => /^[a-z0-9*?[\]!-]+$/.test(pattern)

function patterns(what: string, canMatch: (pattern: string) => boolean) {
  return z
    .array(
      z
        .string()
        .min(1, 'Leave out empty patterns.')
        .max(200, 'At most 200 characters a pattern.')
        .refine(canMatch, `No ${what} can have a name that this matches.`),
    )
    .max(most, `At most ${most} patterns.`)
}

export const NoticePreferences = z
  .strictObject({
    email: z.boolean(),
    in_app: z.boolean(),
    agents: patterns('agent', canMatchAgents).meta({ description: 'Wildcards; empty is every agent.' }),
    tools: patterns('tool', canMatchTools).meta({ description: 'Wildcards; empty is every tool.' }),
    muted_until: MomentText().nullable(),
  })
  .meta({ id: 'NoticePreferences' })
/** How a member wants to hear of requests. It never changes who may decide. */
export type NoticePreferences = z.infer<typeof NoticePreferences>

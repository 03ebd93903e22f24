import { z } from 'zod'
import { Moment } from '@/lib/json/schemas'
import { exclusions } from '@/lib/policy/policy'

const Clause = z.object({
  from: z.array(z.string()).meta({
    description:
      'Slugs of groups, e-mail addresses, `role:reviewer`, `role:admin`, `role:owner` (that role and above), `agent:owners`.',
  }),
  approvals: z.int(),
  rejections: z.int(),
})

export const Requirement = z
  .object({
    rules: z
      .array(
        z.object({
          rule: z.object({ tool: z.string(), condition: z.string().nullable() }),
          any_of: z.array(Clause).optional(),
          all_of: z.array(Clause).optional(),
        }),
      )
      .meta({ description: 'Each has to be met; in `all_of` one person fills one place.' }),
    exclude: z.array(z.enum(exclusions)),
    reason: z.enum(['optional', 'on_reject', 'required']),
    escalate: z.array(z.object({ at: Moment, to: z.array(z.string()), reached: z.boolean() })),
    max_extension: z.int().meta({ description: 'Seconds that all extensions together may have.' }),
  })
  .meta({
    id: 'Requirement',
    description: 'Who decides, as the policy said when the call was asked for; null: any one reviewer.',
  })
export type Requirement = z.infer<typeof Requirement>

export const Progress = z
  .object({
    text: z.string().meta({ description: 'Such as `1 of 2 from finance`.' }),
    rules: z.array(
      z.object({
        met: z.boolean(),
        clauses: z.array(z.object({ approvals: z.int(), needed: z.int() })),
      }),
    ),
  })
  .meta({ id: 'Progress', description: 'How far the rules of `requirement` are met, in their order.' })
export type Progress = z.infer<typeof Progress>

export const Person = z
  .object({ id: z.string(), name: z.string().nullable(), email: z.string() })
  .meta({ id: 'Person' })

export const Review = z
  .object({
    id: z.string(),
    decision: z.enum(['approve', 'reject', 'request_changes', 'withdraw']),
    reviewer: Person,
    on_behalf_of: Person.extend({ email: z.string().nullable() }).nullable().meta({
      description: 'Who is away, and on whose seat it counts.',
    }),
    reason: z.string().nullable(),
    via: z.enum(['console', 'api', 'mcp']),
    digest: z.string().meta({ description: 'Of the params that it is about.' }),
    counts: z.boolean(),
    why_not: z.string().nullable().meta({ description: 'Why it does not count, or no longer.' }),
    at: Moment,
  })
  .meta({ id: 'Review', description: 'What a person did about the request; the latest of a seat counts.' })
export type Review = z.infer<typeof Review>

export const CanDecide = z
  .object({
    allowed: z.boolean(),
    because: z
      .enum(['over', 'forbidden', 'own_request', 'excluded', 'not_a_reviewer'])
      .nullable()
      .meta({ description: 'Null where it is allowed.' }),
    message: z.string().nullable(),
  })
  .meta({ id: 'CanDecide', description: 'Whether the member who asks may decide now; only for members.' })
export type CanDecide = z.infer<typeof CanDecide>

import { z } from 'zod'
import { Rule } from '@/lib/approvals/schemas'
import { JsonObject, Moment } from '@/lib/json/schemas'
import { agentNamePattern, toolNamePattern } from '@/lib/ids'
import type { Need } from '@/lib/need'
import { Paused } from '@/lib/pause/schemas'
import { exclusions } from '@/lib/policy/policy'
import { Clause } from '@/lib/policy/terms'

const clauses = z.array(Clause).min(1)

/** What a block or an entry says beyond timeout, message and on_rejection; what it does not say is missing. */
const policyTerms = {
  reviewers: z
    .union([z.object({ any_of: clauses }), z.object({ all_of: clauses })])
    .optional()
    .meta({ description: 'Who has to approve. Missing: one reviewer.' }),
  self_approval: z.enum(['project', 'never']).optional(),
  exclude: z.array(z.enum(exclusions)).optional(),
  reason: z.enum(['optional', 'on_reject', 'required']).optional(),
  escalate: z
    .array(z.object({ after: z.union([z.int(), z.string()]), to: z.array(z.string()) }))
    .optional()
    .meta({ description: 'Who is asked too, after whole seconds or a percentage of the time allowed.' }),
  max_extension: z.int().optional(),
  edit: z
    .union([z.boolean(), z.array(z.string())])
    .optional()
    .meta({ description: 'Which params a reviewer may change. Missing: none.' }),
  justification: z.enum(['optional', 'required']).optional(),
  repeat: z.enum(['ask', 'refuse']).optional(),
}

export const Policy = z
  .object({
    tools: z.array(
      z.object({
        tool: z.string(),
        when: z.string().nullable(),
        timeout: z.int(),
        message: z.string().nullable(),
        on_rejection: z.enum(['fail', 'continue']),
        ...policyTerms,
      }),
    ),
    timeout: z.int(),
    message: z.string().nullable(),
    on_rejection: z.enum(['fail', 'continue']),
    owners: z.array(z.string()).optional().meta({ description: 'What `agent:owners` stands for.' }),
    ...policyTerms,
  })
  .meta({ id: 'Policy', description: 'The policy as understood.' })
export type Policy = z.infer<typeof Policy>

const Warnings = z.array(z.object({ code: z.string(), message: z.string(), line: z.int(), column: z.int() }))

export const Agent = z
  .object({
    name: z.string(),
    version: z.int(),
    config: z.string(),
    policy: Policy,
    warnings: Warnings.meta({
      description:
        'What was accepted and may not be meant. `loosens_policy`, of the whole file: a key deployed it, and it demands less than the version before.',
    }),
    deployed_by: z.object({ type: z.string(), id: z.string(), label: z.string() }),
    deployed_at: Moment,
    paused: Paused.meta({ description: 'Of the agent itself; that of the project stands there.' }),
  })
  .meta({ id: 'Agent' })
export type Agent = z.infer<typeof Agent>

/** Where an agent's file is. */
export const AgentByName = z.strictObject({
  name: z.string().meta({ pattern: agentNamePattern.source }),
})

/** What refuses a file for its warnings too. */
export const Strictness = z.strictObject({
  strict: z
    .enum(['true', 'false'], 'true or false.')
    .transform((word) => word === 'true')
    .optional()
    .meta({
      default: 'false',
      description: 'Refuses the file for what it would else be warned of; `loosens_policy` stays a warning.',
    }),
})

/** Who reads policies. */
export const policyReader = { role: 'viewer', scopes: ['read'] } as const satisfies Need

export const CheckInput = z
  .strictObject({
    tool: z.string().meta({ pattern: toolNamePattern.source }),
    params: JsonObject,
    context: JsonObject.optional(),
    config: z.string().optional(),
  })
  .meta({ id: 'CheckInput' })
export type CheckInput = z.infer<typeof CheckInput>

export const CheckResult = z
  .object({
    required: z.boolean(),
    rule: Rule.nullable(),
    warnings: Warnings.optional().meta({
      description: 'Those of the file; stands only where there are any.',
    }),
  })
  .meta({ id: 'CheckResult' })
export type CheckResult = z.infer<typeof CheckResult>

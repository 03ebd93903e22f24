import { z } from 'zod'
import { exclusions } from './policy'

/** So many of these people have to approve; so many of them who reject close it. */
export const Clause = z.object({
  /** Slugs of groups, e-mail addresses, `role:reviewer|admin|owner`, `agent:owners`. */
  from: z.array(z.string()).min(1),
  approvals: z.int().min(1),
  rejections: z.int().min(1),
})
export type Clause = z.infer<typeof Clause>

/** Who is asked too, once so many seconds have passed since the request. */
const EscalationStep = z.object({ after: z.int().min(1), to: z.array(z.string()).min(1) })
export type EscalationStep = z.infer<typeof EscalationStep>

/** An entry of the policy that fired. One without clauses demands any reviewer. */
const FiredRule = z.object({
  tool: z.string(),
  condition: z.string().nullable(),
  any_of: z.array(Clause).min(1).optional(),
  all_of: z.array(Clause).min(1).optional(),
  escalate: z.array(EscalationStep).optional(),
})
export type FiredRule = z.infer<typeof FiredRule>

/**
 * What the entries that fired demand beyond timeout, message and on_rejection, as it was when the call was asked for.
 * A member is there only where it differs from the default.
 */
export const Terms = z.object({
  /** All entries that fired, in the order of the file. */
  rules: z.array(FiredRule).min(1),
  /** What `agent:owners` stands for; there only where it is named. */
  owners: z.array(z.string()).optional(),
  self_approval: z.literal('never').optional(),
  exclude: z.array(z.enum(exclusions)).optional(),
  reason: z.enum(['on_reject', 'required']).optional(),
  /** Seconds. */
  max_extension: z.int().min(0).optional(),
  /** Which params a reviewer may change: all, or those at these pointers (RFC 6901, `*` for any index) and below. */
  edit: z.union([z.literal(true), z.array(z.string()).min(1)]).optional(),
  justification: z.literal('required').optional(),
  repeat: z.literal('refuse').optional(),
  /** Why the call was refused without asking anybody. */
  denied: z.object({ by: z.literal('repeat'), of: z.string() }).optional(),
  /** Who they were when the call was asked for, by the ids of people, where they may not decide. */
  parties: z
    .object({ deployer: z.string().nullable(), key_creator: z.string().nullable() })
    .partial()
    .optional(),
})
export type Terms = z.infer<typeof Terms>

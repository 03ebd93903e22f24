import { z } from 'zod'
import { approvalStatuses } from './statuses'
import {
  agentNamePattern,
  callerIdPattern,
  callerIdWords,
  retryIdPattern,
  retryIdWords,
  toolNamePattern,
} from '@/lib/ids'
import { JsonObject, JsonText, JsonValue, Moment, Truncated } from '@/lib/json/schemas'
import { runStatuses, toolCallStatuses } from '@/lib/runs/statuses'
import { visible } from '@/lib/untrusted/visible'
import { CanDecide, Person, Progress, Requirement, Review } from './vote-schemas'

export const Rule = z
  .object({
    tool: z.string().meta({ description: 'The policy entry that fired, as written.' }),
    condition: z.string().nullable(),
    outcome: z.enum(['always', 'true', 'unevaluable']),
    detail: z.string().nullable(),
  })
  .meta({ id: 'Rule' })
export type Rule = z.infer<typeof Rule>

export const Decision = z
  .object({
    decision: z.enum(['approve', 'reject', 'request_changes']),
    reason: z.string().nullable(),
    reviewer: z.object({ id: z.string(), name: z.string().nullable(), email: z.string() }),
    via: z.enum(['console', 'api', 'mcp']),
    at: Moment,
    override: z.object({ reason: z.string() }).optional().meta({
      description: 'There only where it was given by break-glass, against what the policy demands.',
    }),
  })
  .meta({ id: 'Decision' })
export type Decision = z.infer<typeof Decision>

export const Next = z
  .object({
    action: z.enum(['wait', 'execute', 'done', 'ask_again', 'stop', 'continue']),
    message: z.string(),
  })
  .meta({ id: 'Next', description: 'What the agent should do now.' })
export type Next = z.infer<typeof Next>

const mostMetadata = 4096

/** `__proto__` and the like never come here: the reader of bodies refuses them. */
export const Metadata = z
  .record(z.string().min(1, 'A name is needed.').max(64, 'A name has at most 64 characters.'), z.string())
  .refine(
    (texts) => new TextEncoder().encode(JSON.stringify(texts)).length <= mostMetadata,
    'At most 4 kB, as JSON.',
  )
  .meta({
    id: 'Metadata',
    description:
      'Where the call comes from, such as `framework` and `thread`: texts by name, at most 4 kB. No rule sees them; reviewers do, as the agent’s own words.',
  })
export type Metadata = z.infer<typeof Metadata>

const Editor = z.object({ id: z.string(), name: z.string().nullable(), email: z.string() })

const Edited = z
  .object({
    requested_params: JsonObject,
    requested_digest: z.string(),
    by: Editor.meta({ description: 'Who gave the params in force, at `at` and for `reason`.' }),
    editors: z.array(Editor).meta({
      description:
        'Everybody who changed them, for each builds on the change before; in order of their first.',
    }),
    at: Moment,
    reason: z.string().nullable(),
    changes: z
      .array(z.object({ pointer: z.string(), from: JsonValue.optional(), to: JsonValue.optional() }))
      .meta({ description: '`from` is missing where something was added, `to` where it was removed.' }),
  })
  .meta({ id: 'Edited' })
export type Edited = z.infer<typeof Edited>

const Editable = z
  .object({
    places: z
      .union([z.literal(true), z.array(z.string())])
      .meta({ description: 'All params, or JSON pointers with `*` for any index; also what lies below.' }),
    schema: JsonObject.nullable().meta({
      description: 'As the agent sent it; null: every value keeps its type.',
    }),
  })
  .meta({ id: 'Editable' })
export type Editable = z.infer<typeof Editable>

const Denied = z
  .object({
    by: z.enum(['repeat']),
    of: z.string().meta({ description: 'The request of this run by which a person rejected the same call.' }),
  })
  .meta({ id: 'Denied' })
/** Why a call was refused without asking anybody. */
export type Denied = z.infer<typeof Denied>

export const Approval = z
  .object({
    required: z.literal(true),
    id: z.string(),
    status: z.enum(approvalStatuses),
    run_id: z.string(),
    tool_call_id: z.string(),
    agent: z.string(),
    tool: z.string(),
    params: JsonObject.meta({
      description: 'What may run: as the agent asked, or as a reviewer changed it (`edited`).',
    }),
    digest: z.string().meta({
      description:
        'Of `params`: sha256: and the hex SHA-256 of the RFC 8785 form of {params, tool}, whole numbers beyond 2^53 in full digits.',
    }),
    message: z.string().nullable(),
    description: z.string().nullable(),
    context: JsonObject.nullable().meta({
      description: 'As the ask sent it, which the policy saw laid over that of the run.',
    }),
    metadata: Metadata.nullable(),
    turn_id: z.string().nullable().meta({ description: 'The same of calls that were asked for together.' }),
    rule: Rule,
    on_rejection: z.enum(['fail', 'continue']),
    policy_version: z.int(),
    requested_at: Moment,
    expires_at: Moment,
    decided_at: Moment.nullable(),
    decision: Decision.nullable(),
    wait_ms: z.int().nullable(),
    claimed_at: Moment.nullable(),
    denied: Denied.nullable().meta({
      description: 'Refused without asking anybody: `rejected`, and no `decision`. Null else.',
    }),
    edited: Edited.nullable().meta({ description: 'What a reviewer changed; null where nobody did.' }),
    editable: Editable.nullable().meta({ description: 'Null where nothing may be changed, or no longer.' }),
    requirement: Requirement.nullable(),
    progress: Progress.nullable(),
    reviews: z.array(Review).meta({ description: 'Oldest first; only where the policy says who decides.' }),
    assignee: Person.nullable().meta({
      description: 'Who takes care of it; that changes nothing of who may decide.',
    }),
    comments: z.int(),
    supersedes: z.string().nullable().meta({
      description: 'The request in whose place this one was asked for.',
    }),
    superseded_by: z.string().nullable(),
    can_decide: CanDecide.optional(),
    next: Next,
    url: z.string(),
  })
  .meta({ id: 'Approval' })
/** An approval as the API, the webhooks and the console show it. */
export type Approval = z.infer<typeof Approval>

/** Where an approval is. */
export const ApprovalById = z.strictObject({
  id: z.string().meta({ pattern: '^apr_[0-9a-hjkmnp-tv-z]{26}$' }),
})

export const ParamsStart = z
  .object({
    text: z
      .string()
      .meta({ description: 'The first 2,000 characters of the text of `params` as the agent sent it.' }),
    bytes: z.int().meta({ description: 'How long all of that text is in UTF-8.' }),
  })
  .meta({ id: 'ParamsStart' })
export type ParamsStart = z.infer<typeof ParamsStart>

export const ListedApproval = Approval.extend({
  params_start: ParamsStart.optional().meta({
    description: 'Only where `fields` names it: enough of most params, however long they may be.',
  }),
  run_status: z
    .enum(runStatuses)
    .optional()
    .meta({ description: 'Only where `fields` names it: how the run of the call stands.' }),
}).meta({ id: 'ListedApproval' })
/** An approval of a list. */
export type ListedApproval = z.infer<typeof ListedApproval>

/** An approval as a list of the console has it: without context, its params whole or how they begin. */
export type SeenApproval = Omit<Approval, 'params' | 'context'> & {
  params?: Approval['params']
  params_start?: ParamsStart | undefined
}

const retryId = (description: string) =>
  z.string().regex(retryIdPattern, `An id: ${retryIdWords}.`).optional().meta({ description })

const runName = z.string().regex(callerIdPattern, `A run id or external id: ${callerIdWords}.`)
const toolCallId = z.string().regex(callerIdPattern, `A tool call id: ${callerIdWords}.`)

/** What an ask says of its call, beside where it belongs. */
const asksFor = {
  tool: z.string().meta({ pattern: toolNamePattern.source }),
  params: JsonObject,
  params_schema: JsonObject.optional().meta({
    description:
      'JSON Schema (2020-12) of `params`, at most 32 kB: what a reviewer may make of them where the policy lets them `edit`. Without it every value keeps its type. Keywords whose checking may take long, such as `pattern`, are not in use.',
  }),
  context: JsonObject.optional(),
  metadata: Metadata.optional(),
  description: JsonText(4096).optional(),
  supersedes: z
    .string()
    .regex(/^apr_[0-9a-hjkmnp-tv-z]{26}$/, 'The id of an approval.')
    .optional()
    .meta({
      description:
        'The request of the same run and tool that was rejected, or wanted changed, and in whose place this one is asked for; each once.',
    }),
  claim_id: retryId(
    'Yours, random and kept to yourself. Where the call is approved by the time that this ask is answered, it is claimed by this id, as by `claim`: `claimed_at` is set and `next` says `execute`. The same ask by the same id is answered so again. Nobody is ever told it.',
  ),
  start_id: retryId(
    'Yours, random and kept to yourself. Where no rule asks for approval, the first ask that brings one starts the call: `next` then says `execute` to this id alone, and `done` to every other ask. Nobody is ever told it.',
  ),
}

export const AskInput = z
  .strictObject({
    agent: z
      .string()
      .regex(agentNamePattern, 'An agent name: lower case letters, digits and inner hyphens.')
      .optional()
      .meta({ description: 'Of the run that is started; where `run_id` is sent, that of the run.' }),
    run_id: runName.optional(),
    tool_call_id: toolCallId.optional(),
    ...asksFor,
  })
  .refine((body) => body.agent !== undefined || body.run_id !== undefined, {
    path: ['agent'],
    message: 'Send `agent` (a run is then started) or `run_id`.',
  })
  .meta({ id: 'AskInput', anyOf: [{ required: ['agent'] }, { required: ['run_id'] }] })
export type AskInput = z.infer<typeof AskInput>

export const AskManyInput = z
  .strictObject({
    run_id: runName,
    turn_id: z
      .string()
      .regex(callerIdPattern, `A turn's id: ${callerIdWords}.`)
      .optional()
      .meta({ description: 'Yours, of the turn of the model that these calls are of. Reviewers see it.' }),
    calls: z
      .array(z.strictObject({ tool_call_id: toolCallId, ...asksFor }))
      .min(1)
      .max(50),
  })
  .superRefine(({ calls }, issues) => {
    const ids = new Set<string>()
    for (const [at, { tool_call_id: id }] of calls.entries()) {
      if (ids.has(id))
        issues.addIssue({
          code: 'custom',
          path: ['calls', at, 'tool_call_id'],
          message: 'An earlier call of this body has the same id; give each call its own.',
        })
      ids.add(id)
    }
  })
  .meta({ id: 'AskManyInput' })
export type AskManyInput = z.infer<typeof AskManyInput>

export const CallState = z
  .object({
    status: z.enum(toolCallStatuses),
    output: JsonValue.nullable(),
    error: JsonValue.nullable(),
    truncated: Truncated,
  })
  .meta({ id: 'CallState', description: 'Where the call is, with its result once that is recorded.' })
export type CallState = z.infer<typeof CallState>

/** What every answer to an ask has beside. */
const asked = {
  replayed: z.boolean().meta({
    description:
      'Whether an earlier ask with this `tool_call_id` was answered; as `Idempotency-Replayed` says.',
  }),
  call: CallState,
}

export const NotRequired = z
  .object({
    required: z.literal(false),
    run_id: z.string(),
    tool_call_id: z.string(),
    policy_version: z.int(),
    next: Next.extend({ action: Next.shape.action.extract(['execute', 'done']) }),
    ...asked,
  })
  .meta({ id: 'NotRequired', description: 'No rule demands approval: do what `next` says.' })
export type NotRequired = z.infer<typeof NotRequired>

export const AskedApproval = Approval.extend(asked).meta({
  id: 'AskedApproval',
  description: 'The approval that holds the call which was asked for.',
})
export type AskedApproval = z.infer<typeof AskedApproval>

const decisionFields = {
  decision: z.enum(['approve', 'reject', 'request_changes', 'withdraw']).meta({
    description:
      '`request_changes` ends the request: the agent is told why and may ask again in its place. `withdraw` takes a vote back that ended nothing.',
  }),
  reason: JsonText(4096).nullable().optional(),
  digest: z.string().max(200).optional(),
  params: JsonObject.optional().meta({
    description:
      'With `approve`, and with the `digest` of what was before you: these params run in place of those that were asked for, where the policy lets you `edit` them.',
  }),
}

/** An edit says what it replaces, and approves. */
function checkEdit(
  { decision, digest, params }: { decision: string; digest?: string | undefined; params?: unknown },
  issues: z.core.$RefinementCtx,
): void {
  if (params === undefined) return
  if (decision !== 'approve')
    issues.addIssue({
      code: 'custom',
      path: ['params'],
      message: 'Only with `approve` may params be changed.',
    })
  if (digest === undefined)
    issues.addIssue({
      code: 'custom',
      path: ['digest'],
      message: 'Send the `digest` of the params that you changed beside `params`.',
    })
}

const leastWords = 20

/** Break-glass: approves against what the policy demands. */
const OverrideInput = z
  .strictObject({
    reason: JsonText(4096)
      .refine(
        (text) => [...text.trim()].filter((one) => one === ' ' || visible(one)).length >= leastWords,
        `Say why, in at least ${leastWords} characters: everybody who may decide is told.`,
      )
      .meta({ minLength: leastWords }),
  })
  .meta({
    description:
      'Break-glass, only with `approve`, in a browser session, by owners and admins, where the project allows it: approves whoever the policy wants to decide.',
  })

export const DecideInput = z
  .strictObject({ ...decisionFields, override: OverrideInput.optional() })
  .superRefine(checkEdit)
  .refine(
    ({ decision, override, params }) =>
      override === undefined || (decision === 'approve' && params === undefined),
    { path: ['override'], message: 'Only an approval can override; send decision: approve, without params.' },
  )
  .meta({ id: 'DecideInput' })
export type DecideInput = z.infer<typeof DecideInput>

/** A decision on one approval; `source` has the exact text of `params`, where it came as JSON. */
export type Decide = DecideInput & { id: string; source?: Record<string, string> | undefined }

export const DecideManyInput = z
  .strictObject({
    items: z
      .array(z.strictObject({ id: z.string(), ...decisionFields }).superRefine(checkEdit))
      .min(1)
      .max(100),
  })
  .meta({ id: 'DecideManyInput' })
export type DecideManyInput = z.infer<typeof DecideManyInput>

export const ClaimInput = z
  .strictObject({
    tool: z.string().meta({ pattern: toolNamePattern.source }),
    params: JsonObject,
    claim_id: retryId(
      'Yours, random and kept to yourself. Claiming again by the same id, while the grant lives and no result is recorded, is answered like the first time: an answer that got lost costs nothing. Nobody is ever told it.',
    ),
  })
  .meta({ id: 'ClaimInput' })
export type ClaimInput = z.infer<typeof ClaimInput>

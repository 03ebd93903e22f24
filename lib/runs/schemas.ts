import { z } from 'zod'
import { runStatuses, toolCallStatuses, type listedRunFields } from './statuses'
import { MomentText } from '@/lib/moment'
import { Approval, Metadata } from '@/lib/approvals/schemas'
import { agentNamePattern, callerIdPattern, callerIdWords } from '@/lib/ids'
import { JsonObject, JsonText, JsonValue, Moment, Truncated } from '@/lib/json/schemas'
import { callerIdText, idText } from '@/lib/query'

const Brief = z.object({ input: z.string().nullable(), output: z.string().nullable() }).optional().meta({
  description:
    'Only where `fields` names it, and of a run only in lists: the first 200 characters of the JSON of what the run or step was given (a tool call: its params) and of what it gave back (or its error).',
})

export const ToolCall = z
  .object({
    kind: z.literal('tool'),
    id: z.string(),
    tool_call_id: z.string(),
    tool: z.string(),
    params: JsonObject,
    metadata: Metadata.nullable(),
    status: z.enum(toolCallStatuses),
    approval: Approval.nullable(),
    output: JsonValue.nullable(),
    error: JsonValue.nullable(),
    truncated: Truncated,
    brief: Brief,
    started_at: Moment,
    ended_at: Moment.nullable(),
  })
  .meta({ id: 'ToolCall' })
export type ToolCall = z.infer<typeof ToolCall>

export const RecordedStep = z
  .object({
    kind: z.enum(['model', 'message', 'note']),
    id: z.string(),
    step_id: z.string().nullable(),
    name: z.string(),
    input: JsonValue.nullable(),
    output: JsonValue.nullable(),
    truncated: Truncated,
    brief: Brief,
    started_at: Moment,
    ended_at: Moment.nullable(),
  })
  .meta({ id: 'RecordedStep' })
export type RecordedStep = z.infer<typeof RecordedStep>

export const Run = z
  .object({
    id: z.string(),
    external_id: z.string().nullable(),
    agent: z.string(),
    policy_version: z.int(),
    status: z.enum(runStatuses),
    input: JsonObject.nullable(),
    context: JsonObject.nullable(),
    output: JsonValue.nullable(),
    error: JsonValue.nullable(),
    truncated: Truncated,
    brief: Brief,
    initiator: z.string().nullable(),
    parent_run_id: z.string().nullable(),
    started_at: Moment,
    finished_at: Moment.nullable(),
  })
  .meta({ id: 'Run' })
export type Run = z.infer<typeof Run>

/** What the address of a run's page is made of. */
export const RunAddress = z.object({ project: z.string(), run: z.string().regex(callerIdPattern) })

/** A run of the console's list. */
export type ListedRun = Pick<Run, (typeof listedRunFields)[number]>

export const RunWithSteps = Run.extend({
  steps: z.array(z.union([ToolCall, RecordedStep])).meta({
    description: 'In the order of their beginning; of a long run as many as 4 MiB of texts hold.',
  }),
  next_cursor: z
    .string()
    .nullable()
    .meta({ description: 'Where more steps follow: the `cursor` to read them with.' }),
}).meta({ id: 'RunWithSteps' })
export type RunWithSteps = z.infer<typeof RunWithSteps>

/** Where a run is, by its id or external id, and a tool call of it. */
export const RunById = z.strictObject({ id: callerIdText })
export const CallById = RunById.extend({ call: callerIdText })
/** A recorded step of it. */
export const StepById = RunById.extend({ step: idText('step') })

/** What `?fields=` of a run may name: its own members and those of its steps. */
export const runFields = [
  ...new Set([...RunWithSteps.keyof().options, ...ToolCall.keyof().options, ...RecordedStep.keyof().options]),
]
export type RunField = (typeof runFields)[number]

const externalId = z
  .string()
  .regex(callerIdPattern, `An id: ${callerIdWords}.`)
  .refine((id) => !id.startsWith('run_'), 'An external id may not begin with "run_".')
  .meta({ pattern: callerIdPattern.source.replace('^', '^(?!run_)') })

export const StartRunInput = z
  .strictObject({
    agent: z.string().regex(agentNamePattern, 'An agent name: lower case letters, digits and inner hyphens.'),
    external_id: externalId.optional(),
    input: JsonObject.optional(),
    context: JsonObject.optional(),
    initiator: z.email('An e-mail address.').max(254).optional(),
    parent_run_id: z.string().regex(callerIdPattern, `An id: ${callerIdWords}.`).optional(),
  })
  .meta({ id: 'StartRunInput' })
export type StartRunInput = z.infer<typeof StartRunInput>

export const FinishRunInput = z
  .strictObject({
    status: z.enum(['completed', 'failed', 'cancelled']),
    output: JsonValue.optional(),
    error: JsonValue.optional(),
  })
  .meta({ id: 'FinishRunInput' })
export type FinishRunInput = z.infer<typeof FinishRunInput>

export const RecordStepInput = z
  .strictObject({
    kind: z.enum(['model', 'message', 'note']),
    step_id: z
      .string()
      .regex(callerIdPattern, `An id: ${callerIdWords}.`)
      .optional()
      .meta({ description: "The caller's id of the step in its run: told again, it is not recorded twice." }),
    name: JsonText(200)
      .refine((name) => name.length > 0, 'A name is needed.')
      .meta({ minLength: 1, maxLength: 200 }),
    input: JsonValue.optional(),
    output: JsonValue.optional(),
    started_at: MomentText().optional(),
    ended_at: MomentText().optional(),
  })
  .meta({ id: 'RecordStepInput' })
export type RecordStepInput = z.infer<typeof RecordStepInput>

export const RecordResultInput = z
  .strictObject({
    status: z.enum(['succeeded', 'failed']),
    output: JsonValue.optional(),
    error: JsonValue.optional(),
  })
  .meta({ id: 'RecordResultInput' })
export type RecordResultInput = z.infer<typeof RecordResultInput>

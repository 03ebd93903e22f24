import { z } from 'zod'
import { Moment } from '@/lib/json/schemas'
import { runStatuses } from '@/lib/runs/statuses'
import { Decision } from '../schemas'
import { approvalStatuses } from '../statuses'
import { cueKinds } from './cue-filter'

export const Cue = z
  .object({
    kind: z.enum(cueKinds),
    text: z.string().meta({ description: 'A sentence, in which what others wrote is made visible and cut.' }),
    param: z.string().nullable().meta({ description: 'The path of the value that it is about.' }),
    approval_id: z.string().nullable().meta({ description: 'The earlier request that proves it.' }),
    at: Moment.nullable(),
  })
  .meta({ id: 'Cue', description: 'Something not to be overlooked, with its evidence.' })
export type Cue = z.infer<typeof Cue>

/** As JSON, cut; null where there is none. */
const shortJson = z.string().nullable()

const ComparedValue = z.object({
  path: z.string(),
  before: shortJson,
  after: shortJson,
  factor: z.number().nullable().meta({ description: 'How many times as much, of two numbers above 0.' }),
})

const Outcome = z.enum(['approved', 'rejected', 'expired'])

export const ApprovalContext = z
  .object({
    approval_id: z.string(),
    cues: z.array(Cue).max(4).meta({ description: 'The weightiest first.' }),
    run: z.object({
      id: z.string(),
      external_id: z.string().nullable(),
      initiator: z.string().nullable(),
      input: z
        .object({ text: z.string(), is_cut: z.boolean() })
        .nullable()
        .meta({ description: 'How the input begins, as it came.' }),
      started_at: Moment,
      earlier: z.int().meta({ description: 'Steps before this call.' }),
      steps: z
        .array(
          z.object({
            id: z.string(),
            kind: z.enum(['tool', 'model', 'message', 'note']),
            name: z.string(),
            status: z.enum(['succeeded', 'failed']).nullable(),
            says: z.string().nullable().meta({ description: 'How its output, or else its input, begins.' }),
            at: Moment,
          }),
        )
        .meta({ description: 'The last five of them, oldest first.' }),
      others: z
        .array(
          z.object({
            id: z.string(),
            tool: z.string(),
            status: z.enum(approvalStatuses),
            requested_at: Moment,
          }),
        )
        .meta({ description: 'Other requests of the run, the newest ten.' }),
    }),
    compared: z
      .object({
        approval_id: z.string(),
        decided_at: Moment,
        is_too_long: z.boolean().meta({ description: 'Its params are longer than is compared, 4 kB.' }),
        same: z.int().meta({ description: 'Values that both have.' }),
        different: z.int(),
        changed: z.array(ComparedValue).meta({ description: 'The first 20 of those that differ.' }),
      })
      .nullable()
      .meta({
        description:
          'The last approved call of this tool by this agent beside this one, among the newest 100 of the tool.',
      }),
    similar: z
      .object({
        counts: z
          .object({ approved: z.int(), rejected: z.int(), expired: z.int() })
          .meta({ description: 'Counted up to 1,001, which means more than 1,000.' }),
        median_wait_ms: z.int().nullable(),
        lately: z.array(
          z.object({
            approval_id: z.string(),
            status: Outcome,
            decided_at: Moment,
            reason: z.string().nullable(),
            reviewer: Decision.shape.reviewer.nullable(),
            run_status: z.enum(runStatuses),
            result: z.enum(['succeeded', 'failed']).nullable(),
          }),
        ),
        numbers: z.array(
          z.object({
            path: z.string(),
            value: z.number(),
            higher_than: z.number().meta({ description: 'The share of these calls with a lower value.' }),
            calls: z.array(z.object({ approval_id: z.string(), status: Outcome, value: z.number() })),
          }),
        ),
      })
      .meta({
        description:
          'Requests for the same tool that were made in the 90 days before this one was decided; at most the newest 100 of each outcome are compared.',
      }),
  })
  .meta({ id: 'ApprovalContext', description: 'What is on record around a request. It advises nothing.' })
export type ApprovalContext = z.infer<typeof ApprovalContext>

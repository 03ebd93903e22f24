import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AskInput, DecideManyInput } from '@/lib/approvals/schemas'
import { CreateKeyInput } from '@/lib/keys/schemas'
import { UpdateProjectInput } from '@/lib/members/schemas'
import { RecordResultInput, StartRunInput } from '@/lib/runs/schemas'
import { CreateWebhookInput } from '@/lib/webhooks/schemas'
import { withoutAbsent } from './absent'

describe('an optional field that is null', () => {
  it.each<[string, z.ZodType, object, object]>([
    [
      'of an ask',
      AskInput,
      {
        agent: 'a',
        run_id: null,
        tool: 't',
        params: { a: null },
        tool_call_id: null,
        context: null,
        description: null,
      },
      { agent: 'a', tool: 't', params: { a: null } },
    ],
    [
      'of a run',
      StartRunInput,
      {
        agent: 'a',
        external_id: null,
        input: { a: [null] },
        context: null,
        initiator: null,
        parent_run_id: null,
      },
      { agent: 'a', input: { a: [null] } },
    ],
    [
      'of each decision of many, but for a reason, which may be null',
      DecideManyInput,
      { items: [{ id: 'a', decision: 'approve', reason: null, digest: null }] },
      { items: [{ id: 'a', decision: 'approve', reason: null }] },
    ],
    ['of a key', CreateKeyInput, { name: 'n', kind: null, scopes: null }, { name: 'n' }],
    [
      'of a webhook',
      CreateWebhookInput,
      { format: 'slack', url: 'u', name: null, events: null, enabled: null, routing_key: null },
      { format: 'slack', url: 'u' },
    ],
    ['with a default', z.object({ a: z.number().default(1) }), { a: null }, {}],
    [
      'deeper down',
      z.object({ a: z.object({ b: z.string().optional() }).optional() }),
      { a: { b: null } },
      { a: {} },
    ],
  ])('is absent: %s', (_, schema, body, expected) => {
    expect(withoutAbsent(schema, body)).toEqual(expected)
  })

  it.each<[string, z.ZodType, object]>([
    ['where null means for ever', UpdateProjectInput, { retention_days: null }],
    ['where it is required', StartRunInput, { agent: null }],
    ['where the field is not known', StartRunInput, { agent: 'a', nothing: null }],
    ['where any JSON is taken', RecordResultInput, { status: 'failed', output: null }],
  ])('stays: %s', (_, schema, body) => {
    expect(withoutAbsent(schema, body)).toEqual(body)
  })

  it.each([null, 1, 'x', [], [null]])('leaves %j as it is', (body) => {
    expect(withoutAbsent(AskInput, body)).toEqual(body)
  })
})

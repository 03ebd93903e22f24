import type { z } from 'zod'
import { approvalEvents, pauseEvents } from '@/lib/webhooks/formats/names'
import { ApprovalNotice, HeadNotice, PauseNotice, TestNotice } from '@/lib/webhooks/formats/notices'
import { noticeExample } from './openapi-examples'

type Json = Record<string, unknown>

const when: Record<(typeof approvalEvents | typeof pauseEvents)[number], string> = {
  'approval.requested': 'A call waits for a person',
  'approval.approved': 'A person approved a call',
  'approval.rejected': 'A person rejected a call',
  'approval.expired': 'Nobody decided before the deadline',
  'approval.cancelled': 'The agent withdrew a call, or its run ended',
  'approval.edited': 'A person changed the params of a call; only where it is named',
  'approval.escalated': 'Others may decide too by now; only where it is named',
  'approval.overridden': 'Somebody approved against the policy; only where it is named',
  'agent.paused': 'An agent, or the project, was paused; only where it is named',
  'agent.resumed': 'An agent, or the project, goes on; only where it is named',
}

/**
 * What webhooks of the format `standard` are sent, by event.
 * @param refer makes a reference to a schema
 */
export function webhooksSection(refer: (schema: z.ZodType) => Json, appUrl: string): Json {
  const sent = [
    ...approvalEvents.map((event) => {
      const notice = ApprovalNotice.extend({ type: ApprovalNotice.shape.type.extract([event]) })
      return { event, summary: when[event], schema: notice.meta({ id: `${nameOf(event)}Notice` }) }
    }),
    ...pauseEvents.map((event) => {
      const notice = PauseNotice.extend({ type: PauseNotice.shape.type.extract([event]) })
      return { event, summary: when[event], schema: notice.meta({ id: `${nameOf(event)}Notice` }) }
    }),
    {
      event: 'audit.head',
      summary: 'The head of the audit log, once an hour where it has grown',
      schema: HeadNotice,
    },
    { event: 'webhook.test', summary: 'Somebody sent a test', schema: TestNotice },
  ]
  return Object.fromEntries(
    sent.map(({ event, summary, schema }) => [
      event,
      { post: describe(`on${nameOf(event)}`, summary, refer(schema), noticeExample(event, appUrl)) },
    ]),
  )
}

/** `approval.requested`: ApprovalRequested. */
function nameOf(event: string): string {
  return event.replace(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase())
}

function describe(operationId: string, summary: string, schema: Json, example: unknown): Json {
  return {
    operationId,
    tags: ['Webhooks'],
    summary,
    description:
      'Sent at least once, as Standard Webhooks says; notices may come out of order, so act on what `data` says. Any answer but 2xx within 15 seconds is tried again over three days.',
    security: [],
    parameters: signature,
    requestBody: {
      required: true,
      content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
    },
    responses: {
      '2XX': { description: 'Taken. What is answered is kept, 1 kB at most, and not read.' },
      410: { description: 'Gone: the webhook is switched off at once.' },
    },
  }
}

const header = (name: string, description: string, schema: Json, example: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', ...schema },
  example,
})

/** The headers of Standard Webhooks 1.0. */
const signature = [
  header(
    'webhook-id',
    'Of the notice, the same over retries: skip what you have seen.',
    {},
    'msg_01kb9zk7q0e4x8t2m6a9c3f001',
  ),
  header(
    'webhook-timestamp',
    'Of this attempt, in seconds since 1970: refuse what is older than five minutes.',
    { pattern: '^\\d+$' },
    '1796029200',
  ),
  header(
    'webhook-signature',
    '`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`, by the bytes that the secret after `whsec_` is the base64 of; two, apart by a blank, within 24 hours of a rotation. Compare in constant time, over the body as it came.',
    { pattern: '^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$' },
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
]

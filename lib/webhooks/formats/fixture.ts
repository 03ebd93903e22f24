import type { Approval } from '@/lib/approvals/schemas'
import type { WebhookMessage } from './message'
import { webhookEvents } from './names'

export const digest = `sha256:${'ab'.repeat(32)}`
/** A pending approval, for tests. */
export const base: Approval = {
  required: true,
  id: 'apr_01jbzzzzzzzzzzzzzzzzzzzzzz',
  status: 'pending',
  run_id: 'run_01jbzzzzzzzzzzzzzzzzzzzzzz',
  tool_call_id: 'call-1',
  agent: 'order-manager',
  tool: 'process_refund',
  params: { order_id: 'ORD-1234', amount: 129, note: 'as agreed' },
  digest,
  message: 'Refunds above 100 need a look.',
  description: 'The customer asked twice.',
  context: null,
  metadata: null,
  turn_id: null,
  rule: { tool: 'process_refund', condition: 'param.amount > 100', outcome: 'true', detail: null },
  on_rejection: 'fail',
  policy_version: 3,
  requested_at: '2026-01-31T12:00:00.000Z',
  expires_at: '2026-01-31T13:00:00.000Z',
  decided_at: null,
  decision: null,
  wait_ms: null,
  claimed_at: null,
  denied: null,
  edited: null,
  editable: null,
  requirement: null,
  progress: null,
  reviews: [],
  assignee: null,
  comments: 0,
  supersedes: null,
  superseded_by: null,
  next: { action: 'wait', message: 'Waiting.' },
  url: 'https://holdpoint.example/demo/approvals?approval=apr_01jbzzzzzzzzzzzzzzzzzzzzzz',
}
export const requested = (more: Partial<Approval> = {}): WebhookMessage => ({
  type: 'approval.requested',
  timestamp: base.requested_at,
  approval: { ...base, ...more },
})
export const decided = (type: (typeof webhookEvents)[number]): WebhookMessage => ({
  type,
  timestamp: base.requested_at,
  approval: {
    ...base,
    status: type.slice('approval.'.length) as Approval['status'],
    decision: {
      decision: 'approve',
      reason: 'Fine.',
      reviewer: { id: 'usr_1', name: 'Ada', email: 'ada@example.com' },
      via: 'console',
      at: base.expires_at,
    },
  },
})
export const testMessage: WebhookMessage = {
  type: 'webhook.test',
  timestamp: base.requested_at,
  webhook: {
    id: 'whk_01jbzzzzzzzzzzzzzzzzzzzzzz',
    name: 'Ops <!channel>',
    url: 'https://holdpoint.example/demo/settings/webhooks',
  },
}

export const manyKeys = Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`key_${i}`, `value ${i}`]))
export const long = 'x'.repeat(64_000)
const hostile: [string, Partial<Approval>][] = [
  ['no params', { params: {} }],
  ['256 kB in four strings', { params: { a: long, b: long, c: long, d: long } }],
  ['999 keys', { params: manyKeys }],
  ['10,000 keys', { params: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i}`, i])) }],
  ['1 MB in one string', { params: { a: 'x'.repeat(1_000_000) } }],
  ['a whole number of 10,000 digits', { params: { a: 10n ** 9999n } }],
  [
    'long keys',
    {
      params: Object.fromEntries(
        Array.from({ length: 200 }, (_, i) => [`${i}${'k'.repeat(1000)}`, long.slice(0, 200)]),
      ),
    },
  ],
  ['astral characters', { params: { a: '😀'.repeat(16_000), b: '𝔸'.repeat(16_000) } }],
  [
    'CJK',
    { params: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`鍵${i}`, '漢'.repeat(2000)])) },
  ],
  ['quotes and backslashes', { params: { a: '"\\'.repeat(30_000), b: { c: ['"'.repeat(20_000)] } } }],
  [
    'ampersands',
    { params: { a: '&<>'.repeat(20_000) }, message: '&'.repeat(4000), description: '<'.repeat(4096) },
  ],
  [
    'controls',
    { params: { a: '\u0000\u0001\u001b[31m'.repeat(5000), '\u202e': '\u202e\u2066\u200b'.repeat(5000) } },
  ],
  [
    '10,000 blanks',
    { params: { a: `${' '.repeat(10_000)}evil` }, description: `${'\n'.repeat(4000)}Policy: fine` },
  ],
  ['deep JSON', { params: { a: JSON.parse(`${'['.repeat(63)}1${']'.repeat(63)}`) as unknown } }],
  [
    'long names of everything',
    {
      tool: 't'.repeat(200),
      agent: 'a'.repeat(64),
      run_id: 'r'.repeat(128),
      rule: { ...base.rule, condition: 'param.x == 1 or '.repeat(125) },
    },
  ],
  ['right-to-left', { params: { שלום: 'مرحبا بالعالم '.repeat(500) }, description: 'שלום' }],
  ['stacked marks', { params: { a: `e${'\u0301'.repeat(20_000)}` } }],
]
/** What every format has to bear, by name. */
export const everything: [string, WebhookMessage][] = [
  ...hostile.map(([name, more]): [string, WebhookMessage] => [name, requested(more)]),
  ...webhookEvents.map((type): [string, WebhookMessage] => [
    type,
    type === 'approval.requested' ? requested() : decided(type),
  ]),
  ['webhook.test', testMessage],
]
/** Every address in a body. */
export const urls = (text: string) => text.match(/https?:\/\/[^"|\s>\\]+/g) ?? []

/** An approval of which an agent wrote this text wherever it can. */
export function everywhere(text: string): Partial<Approval> {
  return {
    agent: text,
    run_id: text,
    tool: text,
    rule: { ...base.rule, tool: text, condition: text },
    params: { [text]: text },
    message: text,
    description: text,
  }
}

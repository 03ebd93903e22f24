import { describe, expect, test } from 'vitest'
import { decided, digest, everything, everywhere, long, manyKeys, requested } from './fixture'
import { bodyFor } from './format'
import type { WebhookMessage } from './message'
import { webhookEvents } from './names'
import { ntfyTarget, withTopic } from './ntfy'

type Body = {
  topic: string
  title: string
  message: string
  tags?: string[]
  priority?: number
  click: string
  actions: Record<string, string>[]
}
const topic = 't'.repeat(64)
const textOf = (message: WebhookMessage) => withTopic(bodyFor('ntfy', message), topic)
const read = (message: WebhookMessage) => JSON.parse(textOf(message)) as Body

test.each(everything)('is a message of ntfy within its limits, which only opens a page: %s', (_, message) => {
  expect(Buffer.byteLength(textOf(message))).toBeLessThanOrEqual(2 * 4096)
  const body = read(message)
  expect(body.topic).toBe(topic)
  expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(4096)
  expect(body.message.length).toBeGreaterThan(0)
  expect(body.title.length).toBeLessThanOrEqual(250)
  expect(body).not.toHaveProperty('markdown')
  expect(body.actions).toMatchObject([{ action: 'view', url: body.click }])
  expect(body.click).toMatch(/^https:\/\/holdpoint\.example\//)
  expect(`${body.title}\n${body.message}`).not.toContain('://')
})

describe('nothing that an agent wrote becomes a link, a line of its own or another text', () => {
  const evils = [
    'https://evil.example/a',
    'www.evil.example evil.example/login ada@evil.example',
    'ntfy://evil.example/topic',
    '=?UTF-8?B?4oCuQXBwcm92ZWQ=?=',
    'x\nDeadline: never',
  ]
  test.each(evils)('%j', (evil) => {
    const { title, message } = read(requested(everywhere(evil)))
    expect(`${title}\n${message}`).not.toMatch(/:\/\/|evil\.example|=\?/)
    expect(message.split('\n')).toHaveLength(read(requested(everywhere('plain'))).message.split('\n').length)
    expect(title).not.toContain('\n')
  })

  test('numbers stay as they are, and a dotted name of a tool reads the same', () => {
    const { title, message } = read(
      requested({ tool: 'order_tools.process_refund', params: { amount: 2400.5, at: '12:30:00' } }),
    )
    expect(title).toContain('order_tools․process_refund')
    expect(message).toContain('amount (number) = 2400.5\nat (string) = 12:30:00')
  })
})

test('says what a reviewer needs, head and tail of what is long, and how much is left out', () => {
  const text = bodyFor('ntfy', requested({ params: { note: `HEAD${long}TAIL`, ...manyKeys } }))
  for (const part of [
    'Approval needed: process_refund',
    'Agent: order-manager',
    '2026-01-31 13:00 UTC',
    digest,
    'HEAD',
    'TAIL',
    'of 64008 characters not shown',
    '1000 params',
    'params are not shown',
    'key_998',
    'The agent says: The customer asked twice.',
  ]) {
    expect(text).toContain(part)
  }
})

test('what waits rings; every end of a request is told by its word and sign', () => {
  expect(read(requested())).toMatchObject({ priority: 4, tags: ['raised_hand'] })
  const ends = webhookEvents.slice(1).map((type) => read(decided(type)))
  expect(ends.map(({ title }) => title.split(':')[0])).toEqual([
    'Approved',
    'Rejected',
    'Expired, nobody decided',
    'Withdrawn',
  ])
  expect(new Set(ends.map(({ tags }) => tags?.[0])).size).toBe(4)
})

describe('ntfyTarget', () => {
  test.each([
    ['https://ntfy.sh/alerts', 'https://ntfy.sh/', 'alerts'],
    ['https://ntfy.sh/alerts/', 'https://ntfy.sh/', 'alerts'],
    ['https://push.example:8443/My_topic-1', 'https://push.example:8443/', 'My_topic-1'],
    ['https://example.com/ntfy/alerts', 'https://example.com/ntfy/', 'alerts'],
    ['https://ntfy.sh/alerts?auth=QmVhcmVyIHRrX3g', 'https://ntfy.sh/?auth=QmVhcmVyIHRrX3g', 'alerts'],
  ])('%s', (given, url, name) => expect(ntfyTarget(given)).toEqual({ url, topic: name }))

  test.each([
    'https://ntfy.sh',
    'https://ntfy.sh/',
    'https://ntfy.sh/a%20b',
    'https://ntfy.sh/a.b',
    `https://ntfy.sh/${'x'.repeat(65)}`,
  ])('%s names no topic', (given) => expect(ntfyTarget(given)).toBeUndefined())
})

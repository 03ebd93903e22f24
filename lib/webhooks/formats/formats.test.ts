import { readFileSync } from 'node:fs'
import Ajv from 'ajv'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { Approval } from '@/lib/approvals/schemas'
import { base, decided, digest, everything, long, manyKeys, requested, urls } from './fixture'
import { bodyFor } from './format'
import type { WebhookMessage } from './message'
import { webhookEvents, webhookFormats } from './names'
import { withRoutingKey } from './pagerduty'
import { signatureHeaders } from './standard'

describe('standard', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const old = `whsec_${Buffer.alloc(24, 9).toString('base64')}`

  test('a body and headers that the standardwebhooks package verifies, by the new and by the old secret', () => {
    const body = bodyFor('standard', requested())
    const headers = signatureHeaders('msg_1', new Date(), body, [secret, old])
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'approval.requested',
      timestamp: base.requested_at,
      data: base,
    })
    expect(() => new Webhook(old).verify(body, headers)).not.toThrow()
  })

  test('one changed byte, another id, another time, another secret or an old time is refused', () => {
    const body = bodyFor('standard', requested())
    const headers = signatureHeaders('msg_1', new Date(), body, [secret])
    const verify = (more: Record<string, string>, text = body, by = secret) =>
      new Webhook(by).verify(text, { ...headers, ...more })
    expect(() => verify({})).not.toThrow()
    expect(() => verify({}, body.replace('129', '128'))).toThrow()
    expect(() => verify({ 'webhook-id': 'msg_2' })).toThrow()
    expect(() => verify({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) })).toThrow()
    expect(() => verify({}, body, old)).toThrow()
    expect(() => verify(signatureHeaders('msg_1', new Date(Date.now() - 600_000), body, [secret]))).toThrow()
  })

  test.each(webhookFormats)('whole numbers beyond 2^53 stand in full digits in %s', (format) => {
    const text = bodyFor(
      format,
      requested({ params: { id: 9007199254740993n, l: [12345678901234567890123n] } }),
    )
    expect(text).toContain('9007199254740993')
    expect(text).toContain('12345678901234567890123')
  })

  test.each(webhookFormats)('what a reviewer should note is said where people read: %s', (format) => {
    const says = (status: Approval['status'], cues?: string[]) =>
      bodyFor(format, { ...requested({ status }), ...(cues && { cues }) })
    const said = says('pending', ['It is new', 'It is large'])
    expect(said === says('pending')).toBe(format === 'standard')
    expect(/It is new · It is large/.test(said)).toBe(format !== 'standard')
    expect(says('approved', ['It is new'])).toBe(says('approved'))
  })

  test('carries the whole approval, params of 256 kB included', () => {
    const params = { a: long, b: long, c: long, d: long, __x: { y: [1.5, null, 'ü'] } }
    expect(JSON.parse(bodyFor('standard', requested({ params })))).toMatchObject({ data: { params } })
  })
})

describe('slack', () => {
  type Text = { type: string; text: string; emoji?: boolean; verbatim?: boolean }
  type Block = { type: string; text?: Text; fields?: Text[]; elements?: Text[] }

  test.each(everything)('stays within the limits of Block Kit: %s', (_, message) => {
    const body = JSON.parse(bodyFor('slack', message)) as {
      text: string
      blocks: Block[]
      unfurl_links: boolean
    }
    expect(body.text.length).toBeLessThanOrEqual(3000)
    expect(body.unfurl_links).toBe(false)
    expect(body.blocks.length).toBeLessThanOrEqual(50)
    for (const block of body.blocks) {
      expect(['header', 'section', 'context', 'divider']).toContain(block.type)
      const most = block.type === 'header' ? 150 : 3000
      if (block.text) expect(block.text.text.length).toBeLessThanOrEqual(most)
      expect((block.fields ?? []).length).toBeLessThanOrEqual(10)
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000)
      for (const text of [block.text, ...(block.fields ?? []), ...(block.elements ?? [])]) {
        if (!text) continue
        expect(text.text.length).toBeGreaterThan(0)
        if (text.type === 'plain_text') expect(text.emoji).toBe(false)
        else expect(text.verbatim).toBe(true)
      }
    }
    expect(urls(JSON.stringify(body))).toHaveLength(1)
  })

  test('nothing that an agent wrote mentions, links or formats', () => {
    const evil = '<!channel> <https://evil.example|Approve> *bold* `x` @here :fire: &lt;!here&gt;'
    const body = JSON.parse(
      bodyFor(
        'slack',
        requested({
          agent: evil,
          run_id: evil,
          rule: { ...base.rule, tool: evil },
          params: { [evil]: evil },
          message: evil,
          description: evil,
        }),
      ),
    ) as { text: string; blocks: Block[] }
    const mrkdwn = body.blocks
      .flatMap((block) => [block.text, ...(block.fields ?? [])])
      .filter((text) => text?.type === 'mrkdwn')
    const all = [body.text, ...mrkdwn.map((text) => text!.text)].join('\n')
    expect(all).not.toContain('<!')
    expect(all.match(/</g)).toHaveLength(1)
    expect(all).not.toMatch(/\*bold\*|`x`|:fire:/)
    expect(all).not.toContain('&lt;!here&gt; ')
  })

  test('says what a reviewer needs, head and tail of what is long, and how much is left out', () => {
    const text = bodyFor('slack', requested({ params: { note: `HEAD${long}TAIL`, ...manyKeys } }))
    for (const part of [
      'Approval needed: process_refund',
      'order-manager',
      '2026-01-31 13:00 UTC',
      digest,
      'HEAD',
      'TAIL',
      'of 64008 characters not shown',
      '1000 params',
      '988 params are not shown',
      'key_0',
      'key_998',
      'The agent says: The customer asked twice.',
    ]) {
      expect(text).toContain(part)
    }
  })
})

describe('teams', () => {
  const schema = JSON.parse(
    readFileSync(new URL('adaptive-card-1.5.0.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>
  // Its keyword `id` is draft 4's and its `$schema` draft 6's; the rest reads the same in draft 7.
  const { id: _id, $schema: _draft, ...rest } = schema
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(rest)

  test.each(everything)('is an Adaptive Card 1.5 of at most 28 kB: %s', (_, message) => {
    const text = bodyFor('teams', message)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(28 * 1024)
    const body = JSON.parse(text) as {
      type: string
      attachments: { contentType: string; content: Record<string, unknown> }[]
    }
    expect(body.type).toBe('message')
    expect(body.attachments).toHaveLength(1)
    expect(body.attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive')
    const card = body.attachments[0]!.content
    expect(validate(card) ? [] : validate.errors).toEqual([])
    expect(card.version).toBe('1.5')
    expect(JSON.stringify(card)).not.toContain('"TextBlock"')
    expect(card.actions).toMatchObject([{ type: 'Action.OpenUrl' }])
    expect(urls(text.replace('http://adaptivecards.io/schemas/adaptive-card.json', ''))).toHaveLength(1)
  })

  test('the schema refuses what is no card (control)', () => {
    expect(validate({ type: 'AdaptiveCard', version: '1.5', body: [{ type: 'RichTextBlock' }] })).toBe(false)
    expect(validate({ type: 'AdaptiveCard', version: '1.5', actions: [{ type: 'Action.OpenUrl' }] })).toBe(
      false,
    )
  })

  test('says what a reviewer needs', () => {
    const text = bodyFor('teams', requested({ params: { note: `HEAD${long}TAIL`, ...manyKeys } }))
    for (const part of [
      'Approval needed: process_refund',
      '2026-01-31 13:00 UTC',
      digest,
      'HEAD',
      'TAIL',
      'of 64008 characters not shown',
      '985 params are not shown',
    ]) {
      expect(text).toContain(part)
    }
  })
})

describe('pagerduty', () => {
  test.each(everything)('stays within the limits of Events v2: %s', (_, message) => {
    const text = withRoutingKey(bodyFor('pagerduty', message), 'R'.repeat(32))
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(512 * 1024)
    const event = JSON.parse(text) as {
      routing_key: string
      dedup_key: string
      event_action: string
      payload?: Record<string, string>
    }
    expect(event.routing_key).toBe('R'.repeat(32))
    expect(event.dedup_key.length).toBeLessThanOrEqual(255)
    if (event.event_action === 'resolve') return
    expect(event.event_action).toBe('trigger')
    expect(event.payload?.summary?.length).toBeLessThanOrEqual(1024)
    expect(event.payload?.summary?.length).toBeGreaterThan(0)
    expect(event.payload?.source).toBeTruthy()
    expect(['critical', 'error', 'warning', 'info']).toContain(event.payload?.severity)
    expect(Number.isNaN(Date.parse(event.payload?.timestamp ?? ''))).toBe(false)
    expect(urls(text)).toHaveLength(1)
  })

  test('a request triggers, and every end of it resolves by the same key', () => {
    const read = (message: WebhookMessage) =>
      JSON.parse(bodyFor('pagerduty', message)) as { event_action: string; dedup_key: string }
    const trigger = read(requested())
    expect(trigger.event_action).toBe('trigger')
    for (const type of webhookEvents.slice(1))
      expect(read(decided(type))).toEqual({ event_action: 'resolve', dedup_key: trigger.dedup_key })
    expect(read(requested({ status: 'expired' })).event_action).toBe('resolve')
  })
})

describe.each(['slack', 'teams', 'discord', 'google_chat', 'ntfy', 'pagerduty'] as const)(
  'what an agent wrote, in %s',
  (format) => {
    const text = (more: Partial<Approval>) => bodyFor(format, requested(more))
    test.each([
      ['bidi', 'pay \u202e0001 now', '⟨U+202E⟩'],
      ['invisible', 'pay\u200bpal', '⟨U+200B⟩'],
      ['a line break and a fake field', 'ok\nDeadline: never', '⟨U+000A⟩'],
      ['blanks', `a${' '.repeat(10_000)}b`, '⟨10000 blanks⟩'],
      ['our own brackets', '⟨all is well⟩', '⟨U+27E8⟩'],
    ])('shows %s', (_, value, shown) => {
      const params = text({ params: { note: value } })
      expect(params).toContain(shown)
      expect(params).not.toContain(value)
      expect(text({ description: value })).toContain(shown)
      expect(text({ params: { [value]: 1 } })).toContain(shown)
    })

    test('a request that was decided before it was told of does not call for a decision', () => {
      expect(text({ status: 'approved' })).not.toContain('Approval needed')
    })
  },
)

describe.each(['slack', 'teams', 'discord', 'google_chat', 'ntfy'] as const)(
  'who decides, in %s',
  (format) => {
    const clause = { from: ['finance'], approvals: 2, rejections: 1 }
    const people = (approvals: number) => ({
      requirement: {
        rules: [{ rule: { tool: 'process_refund', condition: null }, any_of: [clause] }],
        exclude: [],
        reason: 'optional' as const,
        escalate: [],
        max_extension: 0,
      },
      progress: {
        text: `${approvals} of 2 from finance`,
        rules: [{ met: false, clauses: [{ approvals, needed: 2 }] }],
      },
    })

    test('is said in the words of the console, with how far it has come', () => {
      expect(bodyFor(format, requested(people(0)))).toContain('Needs 2 of finance.')
      const begun = bodyFor(format, requested(people(1)))
      expect(begun).toContain('Needs 1 more of finance. Approved so far: 1 of 2 from finance.')
      expect(bodyFor(format, requested())).not.toContain('Who decides')
    })

    test('an edit says what was changed, and a break-glass that it is one', () => {
      const edited: Approval['edited'] = {
        requested_params: { amount: 2400 },
        requested_digest: digest,
        by: { id: 'usr_1', name: 'Ann Lee', email: 'ann@acme.eu' },
        editors: [{ id: 'usr_1', name: 'Ann Lee', email: 'ann@acme.eu' }],
        at: base.requested_at,
        reason: null,
        changes: [{ pointer: '/amount', from: 2400, to: 1200 }],
      }
      const told = requested({ edited })
      expect(bodyFor(format, { ...told, type: 'approval.edited' } as WebhookMessage)).toContain(
        'from 2400 to 1200',
      )
      const glass = { ...decided('approval.approved'), type: 'approval.overridden' } as WebhookMessage
      expect(bodyFor(format, glass)).toContain('Approved by break-glass')
    })
  },
)

import { toPlainText } from '@react-email/render'
import { describe, expect, it } from 'vitest'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { composeApprovals } from './compose-approvals'
import type { MailInput } from './mail-model'

const now = new Date('2026-01-31T12:00:29.500Z')

function record(change: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return {
    id: 'apr_01',
    projectId: 'prj_01',
    status: 'pending',
    runId: 'run_01',
    callId: 'stp_01',
    toolCallId: 'call_1',
    agentId: 'agt_01',
    agentName: 'order-manager',
    tool: 'order_tools.process_refund',
    params: '{"order_id":"ORD-1","amount":2400}',
    digest: `sha256:${'a'.repeat(64)}`,
    message: 'Refunds above 1000 need a second look.',
    description: 'The customer is waiting.',
    context: null,
    metadata: null,
    turnId: null,
    pause: null,
    isOverride: null,
    ruleTool: 'order_tools.process_refund',
    ruleCondition: 'param.amount > 1000',
    ruleOutcome: 'true',
    ruleDetail: null,
    onRejection: 'fail',
    policyVersion: 3,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + 3_600_000),
    resolvedAt: null,
    claimedAt: null,
    claimedBy: null,
    claimHash: null,
    runStatus: 'awaiting_approval',
    runExternalId: 'demo-refund',
    initiator: 'ann@example.com',
    resultStatus: null,
    terms: null,
    assigneeId: null,
    supersedes: null,
    commentCount: 0,
    decision: null,
    reason: null,
    reviewerId: null,
    reviewerName: null,
    reviewerEmail: null,
    via: null,
    readAt: now,
    ...change,
  }
}

function input(records: ApprovalRecord[] = [record()], change: Partial<MailInput> = {}): MailInput {
  return {
    project: { name: 'Shop', slug: 'shop' },
    appUrl: 'https://hold.example.com',
    address: 'bea@example.com',
    items: records.map((approval) => ({ approval, kind: 'requested' as const })),
    moreCount: 0,
    ...change,
  }
}

const hrefs = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link)

/** What an HTML reader sees, without blanks and our typography, to compare with the plain text. */
const bare = (text: string) => text.replace(/[\s|]|\p{Cf}|\u034f/gu, '')
const seen = (html: string) =>
  bare(
    toPlainText(html, {
      wordwrap: false,
      selectors: [
        { selector: 'a', options: { ignoreHref: true } },
        { selector: 'h1', options: { uppercase: false } },
        { selector: 'h2', options: { uppercase: false } },
      ],
    }),
  )

describe('a mail about one approval', () => {
  it('says everything, in HTML and plain text alike', async () => {
    const { subject, html, text } = await composeApprovals(input())
    expect(subject).toBe('Approval needed: order_tools.process_refund (order-manager)')
    for (const words of [
      'order_tools.process_refund',
      'order-manager',
      'demo-refund (run_01)',
      'ann@example.com',
      'ORD-1',
      '2400',
      'Refunds above 1000 need a second look.',
      'param.amount > 1000 is true',
      'policy version 3',
      'In the agent’s own words',
      'The customer is waiting.',
      `sha256:${'a'.repeat(64)}`,
      '2026-01-31 13:00 UTC',
    ]) {
      expect(text).toContain(words)
      expect(seen(html)).toContain(bare(words))
    }
    expect(text).toMatchInlineSnapshot(`
      "A call waits for your decision

      It does not run unless a person approves; what nobody decides expires at its deadline. Opening the link decides nothing.

      == order_tools.process_refund
      Deadline: 2026-01-31 13:00 UTC
      Agent: order-manager
      Run: demo-refund (run_01)
      On behalf of (as the agent says): ann@example.com
      Message: Refunds above 1000 need a second look.
      Rule: order_tools.process_refund of policy version 3: param.amount > 1000 is true
      Params (2):
        order_id (string): ORD-1
        amount (number): 2400
      In the agent’s own words: The customer is waiting.
      Digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      See it in full and decide: https://hold.example.com/shop/approvals?approval=apr_01

      --
      Sent to bea@example.com because you may decide in the project Shop. What you are mailed is set there under Settings, Notifications."
    `)
  })

  it('every line of the plain text is in the HTML', async () => {
    const params = { note: 'one\ntwo\n\nthree', nested: { a: [1, null, true] }, empty: '', none: null }
    const { html, text } = await composeApprovals(input([record({ params: JSON.stringify(params) })]))
    const page = seen(html)
    for (const line of text.split('\n').map((one) => one.replace(/^== |: https:.*$|^--$|:$/g, ''))) {
      for (const part of line.split(/ \((?:string|number|object|null)\)(?::|$)/))
        expect(page).toContain(bare(part).replace(/^Params\(4\)$/, 'Params(4)'))
    }
  })

  it('has one link, which opens a page and cannot decide', async () => {
    const { html, text } = await composeApprovals(input())
    expect(hrefs(html)).toEqual(['https://hold.example.com/shop/approvals?approval=apr_01'])
    expect(text.match(/https?:\/\/\S+/g)).toEqual(['https://hold.example.com/shop/approvals?approval=apr_01'])
    expect(html).not.toMatch(/<(form|script|img|iframe)/i)
  })

  it.each([
    [
      { ruleOutcome: 'always', ruleCondition: null },
      'order_tools.process_refund of policy version 3: always asks a person',
    ],
    [
      { ruleOutcome: 'unevaluable', ruleDetail: '`param.amount` is missing' },
      'param.amount > 1000 could not be evaluated, so a person is asked. `param.amount` is missing',
    ],
  ] as const)('says why it is held: %o', async (change, words) => {
    const { html, text } = await composeApprovals(input([record(change)]))
    expect(text).toContain(words)
    expect(seen(html)).toContain(bare(words))
  })
})

describe('text that an agent wrote', () => {
  const hostile: [string, string, string[], RegExp][] = [
    ['a right-to-left override', 'pay \u202e00001\u202c', ['⟨U+202E⟩'], /[\u202a-\u202e]/],
    ['an isolate', 'x\u2066y', ['⟨U+2066⟩'], /\u2066/],
    [
      'invisible characters',
      'ad\u200bmin\u00adx\u{e0041}',
      ['⟨U+200B⟩', '⟨U+00AD⟩', '⟨U+E0041⟩'],
      /[\u200b\u00ad]|\u{e0041}/u,
    ],
    ['look-alikes', 'pаypal', ['mixed scripts'], /^$/],
    ['HTML', '<img src=x onerror=alert(1)><b>bold</b><!--', ['<b>bold</b>'], /^$/],
    ['a link', '<a href="https://evil.example">here</a>', ['∶//evil.example'], /https:\/\/evil/],
    [
      'a bare address',
      'see https://evil.example/approve and www.evil.example',
      ['https∶//evil', 'www․evil'],
      /https:\/\/evil|www\.evil/,
    ],
    [
      'a fake field',
      'ok\nDigest: sha256:ffff\nDeadline: never',
      ['| Digest: sha256:ffff'],
      /\n(Digest: sha256:f|Deadline: never)/,
    ],
    ['a carriage return', 'ok\r\nBcc: x@example.com', ['⟨U+000D⟩'], /\r/],
    [
      'padding of 10,000 blanks',
      `safe${' '.repeat(10_000)}rm -rf /`,
      ['⟨10000 blanks⟩', 'rm -rf /'],
      / {20}/,
    ],
    [
      '10,000 line breaks',
      `safe${'\n'.repeat(10_000)}rm -rf /`,
      ['⟨10000 line breaks⟩', 'rm -rf /'],
      /\n{5}/,
    ],
    ['a broadcast', '<!channel> @everyone', ['<!channel>'], /^$/],
    ['our own brackets', '⟨U+202E⟩', ['⟨U+27E8⟩'], /^$/],
    ['combining marks', `a${'\u0301'.repeat(500)}`, ['more marks'], /\u0301{9}/],
  ]
  it.each(hostile)(
    'as a param, its name, description, message and condition: %s',
    async (_name, value, shown, never) => {
      const change = { description: value, message: value, ruleCondition: value, initiator: value }
      const params = JSON.stringify({ value, [value]: 1 })
      const { html, text, subject } = await composeApprovals(input([record({ ...change, params })]))
      const content = html.replace(/<div style="display:none[\s\S]*?<\/div>\s*<\/div>/, '')
      for (const words of shown) {
        expect(text).toContain(words)
        expect(seen(content)).toContain(bare(words))
      }
      expect(text).not.toMatch(never)
      expect(seenTextNodes(content)).not.toMatch(never)
      expect(hrefs(html)).toHaveLength(1)
      expect(content).not.toMatch(/<(img|b>bold|!--x|script)/)
      expect(subject).toBe('Approval needed: order_tools.process_refund (order-manager)')
    },
  )

  it('and names cannot add a line to the subject', async () => {
    const project = { name: 'Shop\r\nBcc: everyone@example.com', slug: 'shop' }
    const { subject, text } = await composeApprovals(input([record(), record({ id: 'apr_02' })], { project }))
    expect(subject).toBe('2 approvals needed in Shop⟨U+000D⟩⟨U+000A⟩Bcc: everyone@example.com')
    expect(text).not.toMatch(/\nBcc/)
    const tool = 'a'.repeat(200)
    const { subject: long } = await composeApprovals(input([record({ tool })]))
    expect(long.length).toBeLessThan(200)
  })

  it('a tool that reads like an address is no link', async () => {
    const { html, text } = await composeApprovals(input([record({ tool: 'https://evil.example/login' })]))
    expect(text.match(/https?:\/\/\S+/g)).toHaveLength(1)
    expect(html.replace(/<title>.*?<\/title>/, '')).not.toContain('https://evil')
  })
})

describe('size', () => {
  const long = (n: number) => 'x'.repeat(n)
  it.each<[string, ApprovalRecord[], string]>([
    ['no params', [record({ params: '{}' })], 'Params: none'],
    [
      '256 kB of params',
      [
        record({
          params: JSON.stringify({ a: long(65_000), b: long(65_000), c: long(65_000), d: long(65_000) }),
        }),
      ],
      'of 65000 characters not shown',
    ],
    [
      'a thousand params',
      [
        record({
          params: JSON.stringify(
            Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`p${i}`, long(200)])),
          ),
        }),
      ],
      'p999 (string)',
    ],
    [
      'a hundred approvals',
      Array.from({ length: 100 }, (_, i) =>
        record({
          id: `apr_${i}`,
          description: long(4000),
          message: long(4000),
          params: JSON.stringify(
            Object.fromEntries(Array.from({ length: 1000 }, (_, j) => [`p${j}`, `${'<'.repeat(60)}${j}`])),
          ),
        }),
      ),
      'more params not shown',
    ],
  ])('is bounded and keeps what matters: %s', async (_name, records, words) => {
    const { html, text } = await composeApprovals(input(records))
    expect(text).toContain(words)
    expect(html.length).toBeLessThan(700_000)
    expect(text.length).toBeLessThan(250_000)
    expect(hrefs(html)).toHaveLength(records.length)
  })

  it('short values are in full beside a long one', async () => {
    const params = { order_id: 'ORD-77', body: long(60_000), amount: 12.5 }
    const { text } = await composeApprovals(input([record({ params: JSON.stringify(params) })]))
    expect(text).toContain('order_id (string): ORD-77')
    expect(text).toContain('amount (number): 12.5')
    expect(text).toMatch(/body \(string\): x+⟨\d+ of 60000 characters not shown⟩x+/)
  })

  it('says how many wait that it does not show', async () => {
    const { subject, html, text } = await composeApprovals(input([record()], { moreCount: 41 }))
    expect(subject).toBe('42 approvals needed in Shop')
    expect(text).toContain('41 more wait and are not in this mail:\nhttps://hold.example.com/shop/approvals')
    expect(hrefs(html).at(-1)).toBe('https://hold.example.com/shop/approvals')
  })
})

/** The text nodes of HTML, with entities read. */
function seenTextNodes(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
}

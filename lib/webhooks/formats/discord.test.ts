import { describe, expect, test } from 'vitest'
import { discordCode } from '@/lib/untrusted/channels'
import { base, decided, digest, everything, everywhere, long, manyKeys, requested, urls } from './fixture'
import { bodyFor } from './format'
import type { WebhookMessage } from './message'
import { webhookEvents } from './names'

type Embed = {
  title: string
  description: string
  color?: number
  fields?: { name: string; value: string }[]
  footer?: { text: string }
  timestamp: string
}
type Body = { embeds: Embed[]; allowed_mentions: unknown }

const read = (message: WebhookMessage) => JSON.parse(bodyFor('discord', message)) as Body
const embedOf = (message: WebhookMessage) => read(message).embeds[0]!
const textsOf = ({ title, description, fields = [], footer }: Embed) => [
  title,
  description,
  ...fields.flatMap((field) => [field.name, field.value]),
  ...(footer ? [footer.text] : []),
]
/** What is left of a text when its code spans, as Discord reads them, are taken out. */
const outsideCode = (text: string) => text.replace(/(`+)([^]*?[^`])\1(?!`)/g, '⌷')

test.each(everything)('is one embed within Discord’s limits, which mentions nobody: %s', (_, message) => {
  const body = read(message)
  expect(Object.keys(body).toSorted()).toEqual(['allowed_mentions', 'embeds'])
  expect(body.allowed_mentions).toEqual({ parse: [] })
  expect(body.embeds).toHaveLength(1)
  const embed = body.embeds[0]!
  const { title, description, fields = [] } = embed
  expect(title.length).toBeLessThanOrEqual(256)
  expect(description.length).toBeLessThanOrEqual(4096)
  expect(fields.length).toBeLessThanOrEqual(25)
  for (const field of fields) {
    expect(field.name.length).toBeLessThanOrEqual(256)
    expect(field.value.length).toBeLessThanOrEqual(1024)
  }
  const texts = textsOf(embed)
  for (const text of texts) expect(text.length).toBeGreaterThan(0)
  expect(texts.reduce((sum, text) => sum + text.length, 0)).toBeLessThanOrEqual(6000)
  expect(urls(texts.map(outsideCode).join('\n'))).toHaveLength(1)
})

describe('nothing that an agent wrote is outside of a code span', () => {
  const evils = [
    '@everyone @here <@1> <@&2> <#3> </cmd:4> <t:0:R> <:a:5> :fire:',
    '[Approve](https://evil.example/a) https://evil.example <https://evil.example> discord.gg/evil',
    '**bold** __under__ ~~gone~~ ||spoiler|| *i* _i_ # head',
    '# head',
    '> quote',
    '- item',
    '1. item',
    '``` code ```',
    '`',
    '``',
    'ends with a backslash \\',
    '\\`@everyone\\`',
    '`@everyone`',
    '',
    ' ',
  ]
  test.each(evils)('%j', (evil) => {
    const mine = (given: string) => textsOf(embedOf(requested(everywhere(given)))).map(outsideCode)
    // The words around are the same whatever is in it.
    expect(mine(evil)).toEqual(mine('plain'))
    for (const text of mine(evil)) expect(text).not.toContain('`')
  })

  test('the control: what is not in a code span is seen', () => {
    expect(outsideCode('a `b` c')).toBe('a ⌷ c')
    expect(outsideCode('@everyone `x`')).toContain('@everyone')
    expect(outsideCode(discordCode('`@everyone`'))).toBe('⌷')
  })

  test('the name of a webhook in its test', () => {
    const name = '`@everyone [x](https://evil.example)'
    const test = {
      type: 'webhook.test',
      timestamp: base.requested_at,
      webhook: { id: 'w', name, url: 'https://h.example' },
    } as const
    expect(outsideCode(embedOf(test).description)).toBe('⌷\n[Open Holdpoint](https://h.example)')
  })
})

test('says what a reviewer needs, head and tail of what is long, and how much is left out', () => {
  const text = bodyFor('discord', requested({ params: { note: `HEAD${long}TAIL`, ...manyKeys } }))
  const parts = [
    'Approval needed: `process_refund`',
    '`order-manager`',
    '2026-01-31 13:00 UTC',
    digest,
    'HEAD',
    'TAIL',
    'of 64008 characters not shown',
    '1000 params',
    '988 params are not shown',
    '`key_0` (string)',
    'key_998',
    'The agent says',
    `[Open the approval](${base.url})`,
  ]
  for (const part of parts) expect(text).toContain(part)
})

test('every end of a request is told by its word and colour', () => {
  const titles = webhookEvents.slice(1).map((type) => embedOf(decided(type)))
  expect(titles.map(({ title }) => title.split(':')[0])).toEqual([
    'Approved',
    'Rejected',
    'Expired, nobody decided',
    'Withdrawn',
  ])
  expect(new Set(titles.map(({ color }) => color)).size).toBe(3)
  expect(embedOf(decided('approval.rejected')).fields).toContainEqual({ name: 'Reason', value: '`Fine.`' })
})

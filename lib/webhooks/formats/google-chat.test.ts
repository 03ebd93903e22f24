import { describe, expect, test } from 'vitest'
import {
  base,
  decided,
  digest,
  everything,
  everywhere,
  long,
  manyKeys,
  requested,
  testMessage,
  urls,
} from './fixture'
import { bodyFor } from './format'
import type { WebhookMessage } from './message'
import { webhookEvents } from './names'

type Widget = {
  decoratedText?: { topLabel: string; text: string; wrapText: boolean }
  textParagraph?: { text: string }
  buttonList?: { buttons: { text: string; onClick: Record<string, unknown> }[] }
}
type Card = { header: { title: string; subtitle?: string }; sections: { widgets: Widget[] }[] }
type Body = { fallbackText: string; cardsV2: { cardId: string; card: Card }[] }

const read = (message: WebhookMessage) => JSON.parse(bodyFor('google_chat', message)) as Body
const cardOf = (message: WebhookMessage) => read(message).cardsV2[0]!.card
const widgetsOf = (card: Card) => card.sections.flatMap((section) => section.widgets)
/** Where Google Chat reads HTML. */
const htmlOf = (card: Card) =>
  widgetsOf(card).flatMap((widget) =>
    [widget.decoratedText?.text, widget.textParagraph?.text].filter((text) => text !== undefined),
  )
/** Where it reads its own marks, or none. */
const plainOf = ({ fallbackText, cardsV2 }: Body) =>
  [fallbackText, cardsV2[0]!.card.header.title, cardsV2[0]!.card.header.subtitle ?? ''].join('\n')

test.each(everything)('is one card within Google Chat’s limits, with one link: %s', (_, message) => {
  const text = bodyFor('google_chat', message)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32_000)
  const body = read(message)
  // A `text` of a message is where `<users/all>` calls everybody; there is none.
  expect(Object.keys(body).toSorted()).toEqual(['cardsV2', 'fallbackText'])
  expect(body.fallbackText.length).toBeLessThanOrEqual(4096)
  const card = cardOf(message)
  const widgets = widgetsOf(card)
  expect(widgets.length).toBeLessThanOrEqual(100)
  for (const widget of widgets) expect(Object.keys(widget)).toHaveLength(1)
  for (const html of htmlOf(card)) expect(html.length).toBeGreaterThan(0)
  const buttons = widgets.flatMap((widget) => widget.buttonList?.buttons ?? [])
  expect(buttons.map((button) => Object.keys(button.onClick))).toEqual([['openLink']])
  expect(urls(text)).toHaveLength(1)
})

describe('nothing that an agent wrote mentions, links or formats', () => {
  const evils = [
    '<users/all> <users/123>',
    '<a href="https://evil.example">Approve</a> https://evil.example www.evil.example',
    '<https://evil.example|Approve>',
    '<b>bold</b><br><font color="#ffffff">white</font>',
    '&#8238;&lt;users/all&gt;',
    '*bold* _i_ ~gone~ `code` :fire:',
  ]
  test.each(evils)('%j', (evil) => {
    const body = read(requested(everywhere(evil)))
    const html = htmlOf(body.cardsV2[0]!.card)
    const tags = html.join('\n').match(/<[^>]*>/g) ?? []
    expect(new Set(tags)).toEqual(new Set(['<b>', '</b>', '<br>']))
    expect(html.join('\n')).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/)
    expect(html.join('\n')).not.toMatch(/:\/\/|evil\.example/)
    expect(plainOf(body)).not.toMatch(/[<>&*~`]|:\/\/|evil\.example|:fire:|\b_i_\b/)
  })

  test('what was escaped reads as it was written', () => {
    const card = cardOf(requested({ params: { 'a<b': '<users/all> & "q"  x' } }))
    const paragraph = htmlOf(card).find((html) => html.startsWith('<b>a'))
    expect(paragraph).toBe('<b>a&lt;b</b> (string)<br>&lt;users/all&gt; &amp; &quot;q&quot;\u00a0 x')
  })

  test('the name of a webhook in its test', () => {
    const card = cardOf({
      ...testMessage,
      webhook: { id: 'w', name: '<users/all>', url: 'https://h.example' },
    } as WebhookMessage)
    expect(htmlOf(card)[0]).toContain('&lt;users/all&gt;')
  })
})

test('says what a reviewer needs, head and tail of what is long, and how much is left out', () => {
  const text = bodyFor('google_chat', requested({ params: { note: `HEAD${long}TAIL`, ...manyKeys } }))
  for (const part of [
    'Approval needed',
    'process_refund',
    'order-manager',
    '2026-01-31 13:00 UTC',
    digest,
    'HEAD',
    'TAIL',
    'of 64008 characters not shown',
    '1000 params',
    '985 params are not shown',
    'key_998',
    'The agent says',
    base.url,
  ]) {
    expect(text).toContain(part)
  }
})

test('every end of a request is told', () => {
  expect(webhookEvents.slice(1).map((type) => cardOf(decided(type)).header.title)).toEqual([
    'Approved',
    'Rejected',
    'Expired, nobody decided',
    'Withdrawn',
  ])
})

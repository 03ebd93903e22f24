import { cardOf, fullest, plainCardOf, type Card, type CardRoom } from './card'
import type { WebhookMessage } from './message'

/** Teams takes messages of 28 kB; some of it is left for what Teams puts around. */
const mostBytes = 24 * 1024
const rooms: CardRoom[] = [
  { value: 1000, params: 15 },
  { value: 500, params: 15 },
  { value: 200, params: 15 },
  { value: 100, params: 10 },
  { value: 40, params: 5 },
]

type Element = Record<string, unknown>

/**
 * A message for a workflow of Teams that takes Adaptive Cards (1.5). All words stand in text runs, which read
 * no Markdown. The card is made smaller until it fits.
 */
export function teamsBody(message: WebhookMessage): string {
  if (!('approval' in message)) {
    const { words, url, label } = plainCardOf(message)
    return envelope([line([run(words)])], url, label)
  }
  return fullest(rooms, (room) => cardBody(cardOf(message, room)), isSmall)
}

function cardBody(card: Card): string {
  return envelope(bodyOf(card), card.link, 'Open the approval')
}

function isSmall(text: string): boolean {
  return Buffer.byteLength(text) <= mostBytes
}

function envelope(body: Element[], url: string, words: string): string {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    body,
    actions: [{ type: 'Action.OpenUrl', title: words, url }],
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return JSON.stringify({ type: 'message', attachments: [{ contentType, contentUrl: null, content }] })
}

function bodyOf(card: Card): Element[] {
  return [
    line([run(card.title, { size: 'large', weight: 'bolder' })]),
    ...card.facts.map((fact) => named(fact.name, fact.value)),
    ...card.notes.map((note) => named(note.name, note.value)),
    line([run(card.paramsTitle, { weight: 'bolder' })], { separator: true, spacing: 'medium' }),
    ...card.params.map((param) =>
      line([
        run(`${param.name} `, { weight: 'bolder' }),
        run(`(${param.type}) `, { isSubtle: true }),
        run(param.value, { fontType: 'monospace' }),
      ]),
    ),
    ...(card.omission === null ? [] : [line([run(card.omission, { italic: true })])]),
    line([run(card.digest, { size: 'small', isSubtle: true })], { separator: true, spacing: 'medium' }),
  ]
}

function named(name: string, value: string): Element {
  return line([run(`${name}: `, { weight: 'bolder' }), run(value)], { spacing: 'small' })
}

function line(inlines: Element[], more: Element = {}): Element {
  return { type: 'RichTextBlock', inlines, ...more }
}

function run(text: string, more: Element = {}): Element {
  return { type: 'TextRun', text, ...more }
}

import { escapeGoogleCard, escapeGoogleText } from '@/lib/untrusted/channels'
import { summarizeParams } from '@/lib/untrusted/params'
import { cardOf, fit, fullest, plainCardOf, type Card, type CardLine, type CardRoom } from './card'
import type { WebhookMessage } from './message'

/** Google Chat takes messages of 32,000 bytes; some of it is left for what it adds. */
const mostBytes = 28_000
/** With them, of the 100 widgets that a card may have, 27 are taken at most. */
const rooms: CardRoom[] = [
  { value: 1000, params: 15 },
  { value: 500, params: 15 },
  { value: 200, params: 15 },
  { value: 100, params: 10 },
  { value: 40, params: 5 },
]
const limits = { subtitle: 200, fallback: 1000 }

type Widget = Record<string, unknown>

/**
 * A message for an incoming webhook of Google Chat: a card (`cardsV2`), and beside it what a notification shows.
 * What an agent wrote is escaped as HTML in paragraphs, and by look-alikes elsewhere, so that nothing of it mentions,
 * links or formats. The card is made smaller until it fits.
 */
export function googleChatBody(message: WebhookMessage): string {
  if (!('approval' in message)) {
    const { title, words, url, label } = plainCardOf(message)
    const widgets = [paragraph(escapeGoogleCard(words)), link(url, label)]
    return envelope(fit(escapeGoogleText(words), limits.fallback), {
      header: { title },
      sections: [{ widgets }],
    })
  }
  const summary = summarizeParams(message.approval.params, 200)
  return fullest(rooms, (room) => bodyOf(cardOf(message, room), summary), isSmall)
}

function isSmall(text: string): boolean {
  return Buffer.byteLength(text) <= mostBytes
}

function envelope(fallback: string, card: Record<string, unknown>): string {
  return JSON.stringify({ fallbackText: fallback, cardsV2: [{ cardId: 'holdpoint', card }] })
}

function bodyOf(card: Card, summary: string): string {
  const params = card.params.map(({ name, type, value }) =>
    paragraph(`<b>${escapeGoogleCard(name)}</b> (${type})<br>${escapeGoogleCard(value)}`),
  )
  return envelope(fit(escapeGoogleText(`${card.title} · ${summary}`), limits.fallback), {
    header: { title: card.heading, subtitle: fit(escapeGoogleText(card.tool), limits.subtitle) },
    sections: [
      { widgets: [...card.facts, ...card.notes].map(labelled) },
      {
        widgets: [
          paragraph(`<b>${card.paramsTitle}</b>`),
          ...params,
          ...(card.omission === null ? [] : [paragraph(card.omission)]),
        ],
      },
      { widgets: [paragraph(card.digest), link(card.link, 'Open the approval')] },
    ],
  })
}

function labelled(line: CardLine): Widget {
  return { decoratedText: { topLabel: line.name, text: escapeGoogleCard(line.value), wrapText: true } }
}

function paragraph(html: string): Widget {
  return { textParagraph: { text: html } }
}

function link(url: string, words: string): Widget {
  return { buttonList: { buttons: [{ text: words, onClick: { openLink: { url } } }] } }
}

import { escapeSlack } from '@/lib/untrusted/channels'
import { summarizeParams } from '@/lib/untrusted/params'
import { cardOf, fit, plainCardOf, type Card, type CardLine } from './card'
import type { WebhookMessage } from './message'

/** Of Slack's Block Kit reference; in a message 50 blocks, of which this takes 24 at most. */
const limits = { header: 150, text: 3000, field: 2000, fields: 10 }
const room = { value: 500, params: 12 }

type Block = Record<string, unknown>

/**
 * A message for an incoming webhook of Slack (Block Kit). What an agent wrote stands in `plain_text` without
 * emoji, or escaped in mrkdwn with `verbatim`, so that nothing of it mentions, links or formats.
 */
export function slackBody(message: WebhookMessage): string {
  if (!('approval' in message)) {
    const { words, url, label } = plainCardOf(message)
    const blocks = [plain(words), link(url, label)]
    return JSON.stringify({ text: fit(escapeSlack(words), limits.text), blocks, ...quiet })
  }
  const card = cardOf(message, room)
  const text = `${card.title} · ${summarizeParams(message.approval.params, 200)}`
  return JSON.stringify({ text: fit(escapeSlack(text), limits.text), blocks: blocksOf(card), ...quiet })
}

const quiet = { unfurl_links: false, unfurl_media: false }

function blocksOf(card: Card): Block[] {
  return [
    { type: 'header', text: plainObject(card.title, limits.header) },
    { type: 'section', fields: card.facts.slice(0, limits.fields).map(field) },
    ...card.notes.map((note) => plain(`${note.name}: ${note.value}`)),
    { type: 'divider' },
    { type: 'section', text: { type: 'mrkdwn', text: `*${card.paramsTitle}*`, verbatim: true } },
    ...card.params.map((param) => plain(`${param.name} (${param.type})\n${param.value}`)),
    ...(card.omission === null ? [] : [plain(card.omission)]),
    { type: 'context', elements: [plainObject(card.digest, limits.field)] },
    link(card.link, 'Open the approval'),
  ]
}

function field(line: CardLine): Block {
  return {
    type: 'mrkdwn',
    text: fit(`*${line.name}*\n${escapeSlack(line.value)}`, limits.field),
    verbatim: true,
  }
}

function plain(text: string): Block {
  return { type: 'section', text: plainObject(text, limits.text) }
}

function plainObject(text: string, units: number): Block {
  return { type: 'plain_text', text: fit(text, units), emoji: false }
}

/** A link, not a button: a button would tell Slack's app of the press, and there is none. */
function link(url: string, words: string): Block {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: `<${url.replaceAll('&', '&amp;')}|${words}>`, verbatim: true },
  }
}

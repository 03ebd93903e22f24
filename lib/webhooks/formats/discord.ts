import type { Approval } from '@/lib/approvals/schemas'
import { discordCode } from '@/lib/untrusted/channels'
import { cardOf, fit, fullest, plainCardOf, type Card, type CardLine, type CardRoom } from './card'
import type { WebhookMessage } from './message'

/** Of Discord's embeds; all texts of a message together have `total` at most. */
const limits = { title: 256, name: 256, value: 1024, total: 6000 }
/** With them, of the 25 fields that an embed may have, 21 are taken at most. */
const rooms: CardRoom[] = [
  { value: 900, params: 12 },
  { value: 400, params: 12 },
  { value: 200, params: 12 },
  { value: 100, params: 10 },
  { value: 40, params: 6 },
]

const colors: Record<Approval['status'], number> = {
  pending: 0xd97706,
  approved: 0x15803d,
  rejected: 0xb91c1c,
  expired: 0x6b7280,
  cancelled: 0x6b7280,
}

type Field = { name: string; value: string; inline?: boolean }
type Embed = {
  title: string
  description: string
  color?: number
  fields?: Field[]
  footer?: { text: string }
  timestamp: string
}

/**
 * A message for a webhook of Discord (Execute Webhook): one embed. What an agent wrote stands in code spans, which
 * read no Markdown, and the message may mention nobody. The embed is made smaller until it fits.
 */
export function discordBody(message: WebhookMessage): string {
  const { timestamp } = message
  if (!('approval' in message)) {
    const { title, words, url, label } = plainCardOf(message)
    return envelope({ title, description: `${discordCode(words)}\n${link(url, label)}`, timestamp })
  }
  const make = (room: CardRoom) => embedOf(cardOf(message, room), timestamp)
  return envelope(fullest(rooms, make, isWithinLimits))
}

function envelope(embed: Embed): string {
  return JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } })
}

function embedOf(card: Card, timestamp: string): Embed {
  return {
    title: `${card.heading}: ${discordCode(fit(card.tool, limits.title - 30))}`,
    description: `${link(card.link, 'Open the approval')} · ${card.paramsTitle}`,
    color: colors[card.state],
    fields: [
      ...card.facts.map((fact) => ({ ...field(fact), inline: true })),
      ...card.notes.map(field),
      ...card.params.map(({ name, type, value }) => ({
        name: `${discordCode(fit(name, limits.name - 20))} (${type})`,
        value: discordCode(value),
      })),
      ...(card.omission === null ? [] : [{ name: 'Not shown', value: card.omission }]),
    ],
    footer: { text: card.digest },
    timestamp,
  }
}

function field(line: CardLine): Field {
  return { name: line.name, value: discordCode(line.value) }
}

function link(url: string, words: string): string {
  return `[${words}](${url})`
}

function isWithinLimits(embed: Embed): boolean {
  const fields = embed.fields ?? []
  const texts = [
    embed.title,
    embed.description,
    embed.footer?.text ?? '',
    ...fields.flatMap((one) => [one.name, one.value]),
  ]
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  return total <= limits.total && fields.every((one) => one.value.length <= limits.value)
}

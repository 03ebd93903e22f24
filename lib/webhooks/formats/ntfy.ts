import type { Approval } from '@/lib/approvals/schemas'
import { escapeNtfy } from '@/lib/untrusted/channels'
import { cardOf, fit, fullest, plainCardOf, type Card, type CardRoom } from './card'
import type { WebhookMessage } from './message'

/**
 * ntfy makes a file of a message of more than 4,096 bytes, and reads twice as much of JSON, which also holds
 * the title, the topic and the link.
 */
const mostBytes = { message: 4096, json: 7400 }
const titleUnits = 250
const rooms: CardRoom[] = [
  { value: 1000, params: 15 },
  { value: 500, params: 15 },
  { value: 200, params: 12 },
  { value: 100, params: 8 },
  { value: 40, params: 4 },
  { value: 20, params: 2 },
]

/** Emoji beside the title, and how loud it is: 4 rings, 3 is the ordinary, 2 makes no sound. */
const looks: Record<Approval['status'], { tag: string; priority: number }> = {
  pending: { tag: 'raised_hand', priority: 4 },
  approved: { tag: 'white_check_mark', priority: 3 },
  rejected: { tag: 'x', priority: 3 },
  expired: { tag: 'hourglass', priority: 3 },
  cancelled: { tag: 'leftwards_arrow_with_hook', priority: 2 },
}

type Publication = Record<string, unknown> & { message: string }

/**
 * A message for ntfy (publish as JSON), without its topic, which is laid into it when it is sent. It is plain text;
 * pressing it opens the approval. It is made shorter until it fits.
 */
export function ntfyBody(message: WebhookMessage): string {
  if (!('approval' in message)) {
    const { title, words, url, label } = plainCardOf(message)
    return JSON.stringify(publication(title, escapeNtfy(words), url, label))
  }
  const make = (room: CardRoom) => {
    const card = cardOf(message, room)
    const { tag, priority } = looks[card.state]
    const title = fit(escapeNtfy(card.title), titleUnits)
    return { ...publication(title, textOf(card), card.link, 'Open the approval'), tags: [tag], priority }
  }
  return JSON.stringify(fullest(rooms, make, isSmall))
}

function publication(title: string, message: string, url: string, words: string): Publication {
  return { title, message, click: url, actions: [{ action: 'view', label: words, url }] }
}

function isSmall(made: Publication): boolean {
  const isShort = Buffer.byteLength(made.message) <= mostBytes.message
  return isShort && Buffer.byteLength(JSON.stringify(made)) <= mostBytes.json
}

function textOf(card: Card): string {
  return [
    ...[...card.facts, ...card.notes].map((line) => `${line.name}: ${escapeNtfy(line.value)}`),
    '',
    card.paramsTitle,
    ...card.params.map(({ name, type, value }) => `${escapeNtfy(name)} (${type}) = ${escapeNtfy(value)}`),
    ...(card.omission === null ? [] : [card.omission]),
    '',
    card.digest,
  ].join('\n')
}

/** Where a topic's address ends, and what ntfy takes as a topic. */
const topicPath = /^(.*\/)([-\w]{1,64})\/?$/

/** The topic that a URL such as `https://ntfy.sh/alerts` names, and where JSON for it is sent; undefined without one. */
export function ntfyTarget(url: string): { url: string; topic: string } | undefined {
  const parsed = new URL(url)
  const [, path, topic] = topicPath.exec(parsed.pathname) ?? []
  if (path === undefined || topic === undefined) return undefined
  parsed.pathname = path
  return { url: parsed.href, topic }
}

/** The message with its topic, as it is sent. */
export function withTopic(body: string, topic: string): string {
  return JSON.stringify({ topic, ...(JSON.parse(body) as object) })
}

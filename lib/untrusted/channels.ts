import { type ShowOptions, showText } from './show'

/**
 * Untrusted text as one plain string, for mail, terminals and whatever shows text as it is: the parts of
 * `showText` one after the other. Not escaped for HTML, Markdown or any other markup.
 */
export function plainText(text: string, options?: ShowOptions): string {
  return showText(text, options)
    .parts.map((part) => part.text)
    .join('')
}

/**
 * Takes all meaning in Slack's mrkdwn from plain text: `&`, `<` and `>` become entities (no mention, no
 * link), and since mrkdwn has no escape for the rest, what would format a word, link an address or turn into
 * an emoji becomes the look-alike of its character. An underscore within a word stays, as it does nothing.
 * A text object of type `plain_text` with `emoji: false` needs no escaping; with mrkdwn set `verbatim: true`, as a
 * bare host name is linked otherwise.
 */
export function escapeSlack(text: string): string {
  return text
    .replace(/^>/, '›')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replaceAll('`', 'ˋ')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, 'ˍ')
    .replace(/:(?=\/\/|[\w+'-]+:)/g, '∶')
}

/**
 * Plain text as a code span of Discord's Markdown, within which nothing mentions, links, formats or turns into an
 * emoji. Its end, the backquote, has no escape there and becomes its look-alike; empty text is said so.
 */
export function discordCode(text: string): string {
  return `\`${text === '' ? '⟨empty⟩' : text.replaceAll('`', 'ˋ')}\``
}

/**
 * Takes all meaning from plain text in the paragraphs of Google Chat's cards, which read HTML: tags, entities,
 * mentions (`<users/all>`) and addresses; blanks in a row stay as many.
 */
export function escapeGoogleCard(text: string): string {
  return unlinked(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/ (?= |$)|^ /g, '\u00a0')
}

/**
 * Takes all meaning from plain text where Google Chat reads its own marks, or perhaps none: nothing can be escaped
 * there, so that each character that means something becomes its look-alike.
 */
export function escapeGoogleText(text: string): string {
  return unlinked(text)
    .replaceAll('&', '＆')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replaceAll('`', 'ˋ')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, 'ˍ')
    .replace(/:(?=[\w+'-]+:)/g, '∶')
}

/**
 * Takes all meaning from plain text for ntfy, which reads no markup: its apps link addresses, and its server
 * decodes the encoded words of mail headers (RFC 2047) in a title.
 */
export function escapeNtfy(text: string): string {
  return unlinked(text).replaceAll('=?', '＝?')
}

/** A decimal number, which no app links, or a dot within a word. */
const decimalOrInnerDot = /(?<![\p{L}\p{N}_.])\d+\.\d+(?![\p{L}\p{N}_-]|\.\S)|(?<=\S)\.(?=\S)/gu

/** Keeps an app from making a link of an address or of a bare host name: look-alikes of their signs. */
function unlinked(text: string): string {
  return text.replaceAll('://', '∶//').replace(decimalOrInnerDot, (found) => (found === '.' ? '․' : found))
}

/**
 * One field of a CSV file (RFC 4180), in full by default. Text that a spreadsheet would read as a formula
 * gets a leading apostrophe, and so does text that starts with one, so that taking one away gives the text
 * back (OWASP, CSV injection). Numbers, booleans and null are written as they are, null as an empty field.
 */
export function csvField(value: string | number | boolean | null, options?: ShowOptions): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const shown = plainText(value, { maxCharacters: Infinity, ...options })
  const guarded = /^'|^\s*[=+\-@＝＋－＠]|^\s/.test(shown) ? `'${shown}` : shown
  return /^[\w.:-]*$/.test(guarded) ? guarded : `"${guarded.replaceAll('"', '""')}"`
}
